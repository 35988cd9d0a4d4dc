"""What follows a payment that failed: the next day to try, and in the end what the account is set to do."""

from __future__ import annotations

from stripe_sandbox import invoices
from stripe_sandbox.account import Account
from stripe_sandbox.balance import DAY
from stripe_sandbox.catalogue import change
from stripe_sandbox.store import Json


def open_invoices(account: Account, subscription_id: str) -> list[Json]:
    links = account.store.where("_invoice_of", "subscription", subscription_id)
    billed = (account.get("invoice", link["invoice"]) for link in links)
    return [invoice for invoice in billed if invoice["status"] == "open"]


def mark_failed(
    account: Account, invoice: Json, *, needs_action: bool, automatic: bool, hopeless_card: str | None = None
) -> None:
    gave_up = automatic and not plan_retry(account, invoice, hopeless_card)
    account.store.put(invoice)
    if needs_action:
        account.emit("invoice.payment_action_required", invoice)
    account.emit("invoice.payment_failed", invoice)
    subscription = invoices.subscription_of(account, invoice)
    if subscription is None:
        return
    # The invoice of a pending update does not make the subscription past due.
    if subscription["status"] == "active" and not subscription["pending_update"]:
        previous = change(account, subscription, {"status": "past_due"})
        account.emit("customer.subscription.updated", subscription, previous)
    if gave_up:
        give_up(account, subscription)


def plan_retry(account: Account, invoice: Json, hopeless_card: str | None) -> bool:
    """The next attempt of the dunning schedule, or False after the last; none is promised for a hopeless card."""
    notes = account.store.notes(invoice["id"])
    notes.setdefault("first_failed", account.now())
    tried = notes.setdefault("retries", 0)
    days = account.settings["dunning_days"]
    later = notes["first_failed"] + days[tried] * DAY if tried < len(days) else None
    notes.update(retries=tried + 1, retry_at=later, hopeless_card=hopeless_card)
    account.store.put_notes(notes)
    invoice["next_payment_attempt"] = None if hopeless_card else later
    if later is not None:
        account.schedule(later, "retry_invoice", invoice["id"])
    return later is not None


def give_up(account: Account, subscription: Json) -> None:
    """What the account is set to do with a subscription after its last failed attempt."""
    ending = account.settings["after_last_attempt"]
    if ending == "cancel":
        end_subscription(account, subscription, reason="payment_failed")
    elif ending == "unpaid" and subscription["status"] != "unpaid":
        previous = change(account, subscription, {"status": "unpaid"})
        account.emit("customer.subscription.updated", subscription, previous)
    elif ending == "pause" and subscription["status"] != "paused":
        pause(account, subscription, "final_payment_failure")


def pause(account: Account, subscription: Json, why: str) -> None:
    """The subscription stands still: no periods and no invoices until somebody resumes it."""
    details = {
        "paused": {"subscription": {"type": why}, "transitioned_at": account.now(), "type": "subscription"},
    }
    previous = change(account, subscription, {"status": "paused", "status_details": details})
    account.emit("customer.subscription.updated", subscription, previous)
    account.emit("customer.subscription.paused", subscription, previous)


def end_subscription(account: Account, subscription: Json, *, reason: str | None) -> None:
    details = {**(subscription["cancellation_details"] or {}), "reason": reason}
    details = {"comment": None, "feedback": None, **details}
    subscription.update(
        status="canceled",
        ended_at=account.now(),
        canceled_at=subscription["canceled_at"] or account.now(),
        cancellation_details=details,
    )
    account.store.put(subscription)
    for invoice in open_invoices(account, subscription["id"]):
        invoice.update(next_payment_attempt=None, auto_advance=False)
        account.store.put(invoice)
        account.store.put_notes({**account.store.notes(invoice["id"]), "retry_at": None})
    account.emit("customer.subscription.deleted", subscription)
