"""Refunds: the amount goes back, the fee does not."""

from __future__ import annotations

from stripe_sandbox.account import Account, due
from stripe_sandbox.balance import DAY, post
from stripe_sandbox.catalogue import change, merged_metadata
from stripe_sandbox.errors import ApiError
from stripe_sandbox.exchange import presentment
from stripe_sandbox.listing import page_of
from stripe_sandbox.radar import look_again
from stripe_sandbox.routing import Call, route
from stripe_sandbox.store import Json


def refund_charge(account: Account, charge: Json, params: Json) -> Json:
    left = charge["amount"] - charge["amount_refunded"]
    if charge["status"] != "succeeded":
        raise ApiError(f"The charge {charge['id']} has not succeeded and cannot be refunded.", param="charge")
    if left == 0:
        raise ApiError(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    if charge["disputed"] and not refundable_in_dispute(account, charge):
        raise ApiError(f"Charge {charge['id']} has been charged back; cannot issue a refund.", code="charge_disputed")
    amount = params.get("amount", left)
    if amount < 1:
        raise ApiError("Invalid positive integer", code="parameter_invalid_integer", param="amount")
    if amount > left:
        raise ApiError(f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})", param="amount")
    waits = account.settings["pending_refunds"] or charge["payment_method_details"]["type"] != "card"
    refund = account.make(
        "refund",
        "re",
        amount=amount,
        charge=charge["id"],
        currency=charge["currency"],
        destination_details={"type": "card", "card": {"type": "refund", "reference_status": "pending"}},
        metadata=merged_metadata(None, params.get("metadata")),
        payment_intent=charge["payment_intent"],
        payment_method=charge["payment_method"],
        reason=params.get("reason"),
        presentment_details=presentment(account, amount),
        status="pending" if waits else "succeeded",
    )
    if waits:
        refund["pending_reason"] = "processing"
        later = account.now() + int(account.settings["async_payment_days"]) * DAY
        account.schedule(later, "refund_succeeds", refund["id"])
    row = post(
        account,
        kind="refund",
        category="refund",
        amount=-amount,
        fee=0,
        currency=charge["currency"],
        source=refund["id"],
        text=f"REFUND FOR CHARGE ({charge['description'] or charge['id']})",
    )
    refund["balance_transaction"] = row["id"]
    account.store.put(refund)
    refunded = charge["amount_refunded"] + amount
    previous = change(account, charge, {"amount_refunded": refunded, "refunded": refunded == charge["amount"]})
    account.emit("refund.created", refund)
    account.emit("charge.refunded", charge, previous)
    look_again(account, charge)
    return refund


def refundable_in_dispute(account: Account, charge: Json) -> bool:
    return all(dispute["is_charge_refundable"] for dispute in account.store.where("dispute", "charge", charge["id"]))


@due("refund_succeeds")
def refund_succeeds(account: Account, identifier: str, at: int) -> None:
    refund = account.get("refund", identifier)
    if refund["status"] == "pending":
        previous = change(account, refund, {"status": "succeeded", "pending_reason": None})
        account.emit("refund.updated", refund, previous)


def fail_refund(account: Account, identifier: str) -> Json:
    """The bank sends the money back: the refund did not reach the payer."""
    refund = account.get("refund", identifier)
    if refund["status"] == "failed":
        raise ApiError(f"The refund {identifier} has failed already.")
    charge = account.get("charge", refund["charge"])
    row = post(
        account,
        kind="refund_failure",
        category="refund_failure",
        amount=refund["amount"],
        fee=0,
        currency=refund["currency"],
        source=refund["id"],
        text=f"REFUND FAILURE ({charge['id']})",
    )
    previous = change(
        account,
        refund,
        {
            "status": "failed",
            "pending_reason": None,
            "failure_reason": "expired_or_canceled_card",
            "failure_balance_transaction": row["id"],
        },
    )
    change(account, charge, {"amount_refunded": charge["amount_refunded"] - refund["amount"], "refunded": False})
    account.emit("refund.updated", refund, previous)
    account.emit("refund.failed", refund)
    account.emit("charge.refund.updated", refund, previous)
    return refund


@route("POST", "/v1/refunds")
def create_refund(account: Account, call: Call) -> Json:
    params = call.params
    if ("charge" in params) == ("payment_intent" in params):
        raise ApiError(
            "One of the following params should be provided for this request: payment_intent or charge.",
            code="parameter_missing",
            param="payment_intent",
        )
    if "charge" in params:
        charge = account.get("charge", params["charge"], param="charge")
    else:
        intent = account.get("payment_intent", params["payment_intent"], param="payment_intent")
        if intent["status"] != "succeeded":
            raise ApiError(
                f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.",
                code="payment_intent_unexpected_state",
            )
        charge = account.get("charge", intent["latest_charge"])
    return refund_charge(account, charge, params)


@route("GET", "/v1/refunds/{refund}")
def retrieve_refund(account: Account, call: Call) -> Json:
    return account.get("refund", call.id)


@route("GET", "/v1/refunds")
def list_refunds(account: Account, call: Call) -> Json:
    return page_of(call, account.store.newest_first("refund"))
