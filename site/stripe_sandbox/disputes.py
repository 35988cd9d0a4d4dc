"""Disputes: the bank takes the money back first and hears the reasons later. An inquiry moves no money."""

from __future__ import annotations

from stripe_sandbox.account import Account
from stripe_sandbox.balance import DAY, post
from stripe_sandbox.catalogue import change
from stripe_sandbox.errors import ApiError
from stripe_sandbox.listing import page_of
from stripe_sandbox.radar import look_again
from stripe_sandbox.routing import Call, route
from stripe_sandbox.store import Json

OPEN = {"needs_response", "under_review", "warning_needs_response", "warning_under_review"}


def open_dispute(account: Account, charge_id: str, *, amount: int | None, reason: str, inquiry: bool) -> Json:
    charge = account.get("charge", charge_id)
    if charge["status"] != "succeeded":
        raise ApiError(f"The charge {charge_id} has not succeeded and cannot be disputed.")
    left = charge["amount"] - charge["amount_refunded"]
    amount = left if amount is None else amount
    if not 1 <= amount <= charge["amount"]:
        raise ApiError(f"A dispute of {amount} does not fit a charge of {charge['amount']}.", param="amount")
    dispute = account.make(
        "dispute",
        "dp",
        amount=amount,
        balance_transactions=[],
        charge=charge_id,
        currency=charge["currency"],
        is_charge_refundable=inquiry,
        payment_intent=charge["payment_intent"],
        payment_method_details=None,
        reason=reason,
        status="warning_needs_response" if inquiry else "needs_response",
    )
    dispute["evidence_details"].update(due_by=account.now() + 9 * DAY, has_evidence=False, submission_count=0)
    account.store.put(dispute)
    change(account, charge, {"disputed": True})
    account.emit("charge.dispute.created", dispute)
    look_again(account, charge)
    if not inquiry:
        withdraw(account, dispute)
    return dispute


def withdraw(account: Account, dispute: Json) -> None:
    row = post(
        account,
        kind="adjustment",
        category="dispute",
        amount=-dispute["amount"],
        fee=int(account.settings["dispute_fee"]),
        currency=dispute["currency"],
        source=dispute["id"],
        text=f"Chargeback withdrawal for {dispute['charge']}",
    )
    dispute["balance_transactions"].append(row)
    account.store.put(dispute)
    account.emit("charge.dispute.funds_withdrawn", dispute)


def escalate(account: Account, identifier: str) -> Json:
    """An inquiry turns into a real dispute."""
    dispute = account.get("dispute", identifier)
    if not dispute["status"].startswith("warning_"):
        raise ApiError(f"The dispute {identifier} is no inquiry.")
    previous = change(account, dispute, {"status": "needs_response", "is_charge_refundable": False})
    account.emit("charge.dispute.updated", dispute, previous)
    withdraw(account, dispute)
    return dispute


def close_dispute(account: Account, identifier: str, status: str) -> Json:
    dispute = account.get("dispute", identifier)
    if dispute["status"] not in OPEN:
        raise ApiError(f"The dispute {identifier} is closed: {dispute['status']}.")
    if dispute["status"].startswith("warning_"):
        status = "warning_closed"
    if status not in {"won", "lost", "warning_closed"}:
        raise ApiError(f"A dispute ends won or lost, not {status}.", param="status")
    if status == "won":
        row = post(
            account,
            kind="adjustment",
            category="dispute_reversal",
            amount=dispute["amount"],
            fee=0,
            currency=dispute["currency"],
            source=dispute["id"],
            text=f"Chargeback reversal for {dispute['charge']}",
        )
        dispute["balance_transactions"].append(row)
    previous = change(account, dispute, {"status": status})
    if status == "won":
        account.emit("charge.dispute.funds_reinstated", dispute)
    account.emit("charge.dispute.closed", dispute, previous)
    return dispute


def withdrawn(account: Account, charge_id: str) -> int:
    """What disputes hold back of a charge now."""
    disputes = account.store.where("dispute", "charge", charge_id)
    return sum(int(each["amount"]) for each in disputes if each["balance_transactions"] and each["status"] != "won")


@route("GET", "/v1/disputes/{dispute}")
def retrieve_dispute(account: Account, call: Call) -> Json:
    return account.get("dispute", call.id)


@route("GET", "/v1/disputes")
def list_disputes(account: Account, call: Call) -> Json:
    return page_of(call, account.store.newest_first("dispute"))
