"""Moving the next payment: a trial lasts until the chosen moment, and billing goes on from there."""

from __future__ import annotations

from typing import Any

from stripe_sandbox import invoices, subscriptions
from stripe_sandbox.account import Account, due
from stripe_sandbox.balance import DAY
from stripe_sandbox.errors import ApiError
from stripe_sandbox.periods import next_end
from stripe_sandbox.store import Json

# The end is told this long before it comes.
NOTICE = 3 * DAY
LONGEST = 731 * DAY


def move_next_payment(account: Account, subscription: Json, params: Json) -> Json:
    """``trial_end`` as a moment or as ``now``; returns what was before."""
    if params["trial_end"] == "now":
        return end_trial(account, subscription)
    return start_trial(account, subscription, checked_end(account, params["trial_end"]), params)


def checked_end(account: Account, given: Any) -> int:
    end = int(given)
    if end <= account.now():
        raise ApiError("Invalid timestamp: must be an integer Unix timestamp in the future.", param="trial_end")
    if end > account.now() + LONGEST:
        raise ApiError("The `trial_end` may be two years away at most.", param="trial_end")
    return end


def start_trial(account: Account, subscription: Json, end: int, params: Json) -> Json:
    """Nothing is owed until ``end``; an invoice of 0 says so."""
    now, before = account.now(), as_it_was(subscription)
    credits = [] if params.get("proration_behavior") == "none" else unused_time(account, subscription)
    begun = subscription["trial_start"] if subscription["status"] == "trialing" else now
    subscription.update(status="trialing", trial_start=begun, trial_end=end, billing_cycle_anchor=end)
    set_period(subscription, start=now, end=end)
    if subscription["cancel_at_period_end"]:
        subscription["cancel_at"] = end
    account.schedule(end, "renew", subscription["id"])
    lines = [*credits, *(trial_line(subscription, item) for item in subscription["items"]["data"])]
    subscriptions.bill(account, subscription, lines, reason="subscription_update", before=before)
    if end - NOTICE > now:
        account.schedule(end - NOTICE, "trial_will_end", subscription["id"])
    else:
        account.emit("customer.subscription.trial_will_end", subscription)
    return before


def end_trial(account: Account, subscription: Json) -> Json:
    """The next payment is taken at once; without a trial there is nothing to end."""
    if subscription["status"] != "trialing":
        return {}
    now, before = account.now(), as_it_was(subscription)
    recurring = subscription["items"]["data"][0]["price"]["recurring"]
    subscription.update(status="active", trial_end=now, billing_cycle_anchor=now)
    set_period(subscription, start=now, end=next_end(now, recurring, now))
    account.schedule(subscriptions.period_end(subscription), "renew", subscription["id"])
    lines = subscriptions.lines_for(subscription)
    subscriptions.bill(account, subscription, lines, reason="subscription_update", before=before)
    return before


def as_it_was(subscription: Json) -> Json:
    names = ("status", "trial_start", "trial_end", "billing_cycle_anchor")
    items = [dict(item) for item in subscription["items"]["data"]]
    return {**{name: subscription[name] for name in names}, "items": {"data": items}}


def set_period(subscription: Json, *, start: int, end: int) -> None:
    for item in subscription["items"]["data"]:
        item.update(current_period_start=start, current_period_end=end, billed_until=end)


def unused_time(account: Account, subscription: Json) -> list[Json]:
    """Credit for what is left of the period that the trial cuts short; a trial itself cost nothing."""
    if subscription["status"] == "trialing":
        return []
    return [
        invoices.prorated_line(subscription, item, at=account.now(), sign=-1, text="Unused time on")
        for item in subscription["items"]["data"]
    ]


def trial_line(subscription: Json, item: Json) -> Json:
    start, end = item["current_period_start"], item["current_period_end"]
    text = f"Trial period for {item['price']['nickname'] or item['price']['product']}"
    line = invoices.make_line(subscription, item, start=start, end=end, amount=0, text=text)
    line["parent"]["subscription_item_details"]["proration"] = False
    return line


@due("trial_will_end")
def trial_will_end(account: Account, identifier: str, at: int) -> None:
    subscription = account.get("subscription", identifier)
    if subscription["status"] == "trialing" and subscription["trial_end"] == at + NOTICE:
        account.emit("customer.subscription.trial_will_end", subscription)
