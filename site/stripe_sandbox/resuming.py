"""Taking up again a subscription that stands still since its payments failed."""

from __future__ import annotations

from stripe_sandbox import collecting, invoices, subscriptions
from stripe_sandbox.account import Account
from stripe_sandbox.catalogue import change
from stripe_sandbox.errors import ApiError
from stripe_sandbox.periods import next_end
from stripe_sandbox.routing import Call, route
from stripe_sandbox.store import Json
from stripe_sandbox.trials import set_period

ROUTE = "POST /v1/subscriptions/{id}/resume"


@route("POST", "/v1/subscriptions/{subscription}/resume")
def resume_subscription(account: Account, call: Call) -> Json:
    params = call.params
    for name in sorted(set(params) - {"billing_cycle_anchor", "expand", "payment_behavior"}):
        raise not_implemented(name)
    if (params.get("billing_cycle_anchor") or {"type": "now"})["type"] != "now":
        raise not_implemented("billing_cycle_anchor other than now")
    waits = params.get("payment_behavior") == "resume_on_payment_success"
    return resume(account, account.get("subscription", call.id), waits=waits)


def not_implemented(name: str) -> ApiError:
    return ApiError(f"The sandbox does not implement `{name}` of {ROUTE}.", status=501, kind="api_error")


def resume(account: Account, subscription: Json, *, waits: bool = False) -> Json:
    """A period begins now and is billed; ``waits``: it stands still until that is paid."""
    if subscription["status"] != "paused":
        raise ApiError(f"Only a paused subscription can be resumed; this one is {subscription['status']}.")
    now, recurring = account.now(), subscription["items"]["data"][0]["price"]["recurring"]
    before = {"items": {"data": [dict(item) for item in subscription["items"]["data"]]}}
    subscription["billing_cycle_anchor"] = now
    set_period(subscription, start=now, end=next_end(now, recurring, now))
    account.store.put(subscription)
    account.schedule(subscriptions.period_end(subscription), "renew", subscription["id"])
    account.store.put_notes({**account.store.notes(subscription["id"]), "resumes_when_paid": waits})
    if not waits:
        run_again(account, subscription)
    lines = subscriptions.lines_for(subscription)
    subscriptions.bill(account, subscription, lines, reason="subscription_update", before=before)
    return subscription


def run_again(account: Account, subscription: Json) -> None:
    previous = change(account, subscription, {"status": "active", "status_details": None})
    account.emit("customer.subscription.updated", subscription, previous)
    account.emit("customer.subscription.resumed", subscription, previous)


@collecting.when_paid
def resume_when_paid(account: Account, invoice: Json) -> None:
    subscription = invoices.subscription_of(account, invoice)
    notes = account.store.notes(subscription["id"]) if subscription else {}
    if subscription and subscription["status"] == "paused" and notes.get("resumes_when_paid"):
        run_again(account, subscription)
