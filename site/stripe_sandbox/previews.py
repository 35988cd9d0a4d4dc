"""Previews: what a change would bill, before anybody agrees to it."""

from __future__ import annotations

from stripe_sandbox import invoices, subscription_changes, subscriptions
from stripe_sandbox.account import Account
from stripe_sandbox.periods import next_end
from stripe_sandbox.routing import Call, route
from stripe_sandbox.store import Json

ROUTE = "POST /v1/invoices/create_preview"
UNDERSTOOD = {"customer", "subscription", "subscription_details"}
UNDERSTOOD_BELOW = {"items", "proration_behavior", "proration_date", "trial_end"}


@route("POST", "/v1/invoices/create_preview")
def create_preview(account: Account, call: Call) -> Json:
    """What a change would bill: now with ``always_invoice`` or another interval, else with the next period."""
    params, asked = call.params, call.params.get("subscription_details") or {}
    for name in sorted(set(params) - UNDERSTOOD):
        raise subscription_changes.not_implemented(name, ROUTE)
    for name in sorted(set(asked) - UNDERSTOOD_BELOW):
        raise subscription_changes.not_implemented(f"subscription_details[{name}]", ROUTE)
    if "subscription" not in params:
        raise subscription_changes.not_implemented("a preview without `subscription`", ROUTE)
    subscription = account.get("subscription", params["subscription"], param="subscription", status=400)
    items = subscription_changes.apply_items(account, subscription, asked.get("items") or [])
    lines = lines_billed(account, subscription, items, asked)
    preview = invoices.compose(account, subscription, lines, reason="upcoming")
    return {**preview, "id": preview["id"].replace("in_", "upcoming_in_", 1)}


def lines_billed(account: Account, subscription: Json, items: list[Json], asked: Json) -> list[Json]:
    if isinstance(asked.get("trial_end"), int):
        # Nothing until then, and the first whole period after it.
        return upcoming_lines(items, subscription, start=asked["trial_end"], anchor=asked["trial_end"])
    behavior = asked.get("proration_behavior", "create_prorations")
    at = asked.get("proration_date", account.now())
    lines = [] if behavior == "none" else subscription_changes.prorations(account, subscription, items, at)
    if subscription_changes.starts_over(subscription, items):
        return subscription_changes.due_if_changed(account, subscription, items, lines, moved=True)
    if behavior == "always_invoice":
        return lines
    start, anchor = subscriptions.period_end(subscription), subscription["billing_cycle_anchor"]
    return lines + upcoming_lines(items, subscription, start=start, anchor=anchor)


def upcoming_lines(items: list[Json], subscription: Json, *, start: int, anchor: int) -> list[Json]:
    return [
        invoices.make_line(subscription, item, start=start, end=next_end(anchor, item["price"]["recurring"], start))
        for item in items
    ]
