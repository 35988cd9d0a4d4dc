"""A payment holiday: collection is paused while the periods go on, until a day or until somebody resumes it."""

from __future__ import annotations

from stripe_sandbox import invoices
from stripe_sandbox.account import Account, due
from stripe_sandbox.catalogue import change
from stripe_sandbox.errors import ApiError
from stripe_sandbox.store import Json


def pause_collection(account: Account, subscription: Json, given: Json | str) -> Json:
    """Pause, move the day on which it resumes, or (with nothing given) resume; returns what was before."""
    if not isinstance(given, dict) or not given:
        return change(account, subscription, {"pause_collection": None})
    pause = {"resumes_at": None, **given}
    if pause["resumes_at"] == "":
        pause["resumes_at"] = None
    resumes_at = pause["resumes_at"]
    if resumes_at is not None:
        if resumes_at <= account.now():
            raise ApiError("The `resumes_at` timestamp must be in the future.", param="pause_collection[resumes_at]")
        account.schedule(resumes_at, "resume_collection", subscription["id"])
    return change(account, subscription, {"pause_collection": pause})


@due("resume_collection")
def resume_collection(account: Account, identifier: str, at: int) -> None:
    """The day has come, unless it was moved or the pause has ended meanwhile."""
    subscription = account.get("subscription", identifier)
    pause = subscription["pause_collection"]
    if pause is None or pause["resumes_at"] != at or subscription["status"] == "canceled":
        return
    previous = change(account, subscription, {"pause_collection": None})
    account.emit("customer.subscription.updated", subscription, previous)


def hold_back(account: Account, invoice: Json, behavior: str) -> None:
    """What becomes of an invoice of the pause."""
    invoice["auto_advance"] = False
    account.store.put(invoice)
    if behavior == "keep_as_draft":
        return
    invoices.finalize(account, invoice)
    if behavior == "void":
        invoices.void(account, invoice)
    else:
        invoices.write_off(account, invoice, reason="subscription_paused")
