"""Changing subscriptions, and prorating what that costs."""

from __future__ import annotations

from stripe_sandbox import collecting, invoices, pausing, subscriptions, trials
from stripe_sandbox.account import Account, due
from stripe_sandbox.cancelling import cancel_at_period_end
from stripe_sandbox.catalogue import change, inline_price, updates
from stripe_sandbox.customers import method_of
from stripe_sandbox.errors import ApiError
from stripe_sandbox.periods import next_end
from stripe_sandbox.routing import Call, route
from stripe_sandbox.store import Json

# A pending update that is not paid in this time is dropped.
PENDING_FOR = 23 * 3600

CHANGEABLE = {
    "cancel_at_period_end",
    "cancellation_details",
    "default_payment_method",
    "description",
    "expand",
    "items",
    "metadata",
    "pause_collection",
    "payment_behavior",
    "proration_behavior",
    "proration_date",
    "trial_end",
}


def apply_items(account: Account, subscription: Json, given: list[Json]) -> list[Json]:
    """The items as they will be; nothing is stored yet."""
    items = {item["id"]: dict(item) for item in subscription["items"]["data"]}
    for entry in given:
        if "id" in entry and entry["id"] not in items:
            raise ApiError(f"Invalid subscription item: {entry['id']}", code="resource_missing", param="items[0][id]")
        if entry.get("deleted"):
            del items[entry["id"]]
            continue
        price = price_in(account, entry)
        if "id" in entry:
            item = items[entry["id"]]
            price = price or item["price"]
            item.update(
                price=price, plan=subscriptions.plan_of(price), quantity=entry.get("quantity", item["quantity"])
            )
        elif price:
            first = subscription["items"]["data"][0]
            made = subscriptions.make_item(
                account,
                subscription["id"],
                price,
                entry.get("quantity", 1),
                start=first["current_period_start"],
                end=first["current_period_end"],
            )
            items[made["id"]] = made
    if not items:
        raise ApiError("A subscription must have at least one active item.", param="items")
    return list(items.values())


def price_in(account: Account, entry: Json) -> Json | None:
    if "price_data" in entry:
        price = inline_price(account, entry["price_data"])
    elif "price" in entry:
        price = account.get("price", entry["price"], param="items[0][price]", status=400)
        if not price["active"]:
            raise ApiError(f"The price {price['id']} is inactive.", param="items[0][price]")
    else:
        return None
    if not price["recurring"]:
        raise ApiError(
            "The price specified is set to `type=one_time`; subscriptions take recurring ones.", param="items"
        )
    return price


def prorations(account: Account, subscription: Json, items: list[Json], at: int) -> list[Json]:
    """Credit for what is left of the old items, debit for the same time of the new ones; a trial costs nothing."""
    before = {item["id"]: item for item in subscription["items"]["data"]}
    lines: list[Json] = []
    if subscription["status"] == "trialing":
        return lines
    for item in items:
        old = before.get(item["id"])
        if old and old["price"]["id"] == item["price"]["id"] and old["quantity"] == item["quantity"]:
            continue
        if old:
            lines.append(invoices.prorated_line(subscription, old, at=at, sign=-1, text="Unused time on"))
        lines.append(invoices.prorated_line(subscription, item, at=at, sign=1, text="Remaining time on"))
    return lines


def starts_over(subscription: Json, items: list[Json]) -> bool:
    """Another interval starts another period at once, but during a trial only at its end."""
    recurring = subscription["items"]["data"][0]["price"]["recurring"]
    return bool(subscription["status"] != "trialing" and items[0]["price"]["recurring"] != recurring)


def change_items(account: Account, subscription: Json, params: Json) -> Json:
    """Put the new items in place and bill what they bring; returns what was before."""
    items = apply_items(account, subscription, params["items"])
    behavior = params.get("proration_behavior", "create_prorations")
    before = {"items": {"data": [dict(item) for item in subscription["items"]["data"]]}}
    moved = starts_over(subscription, items)
    at = params.get("proration_date", account.now())
    lines = [] if behavior == "none" else prorations(account, subscription, items, at)
    bills_now = moved or (bool(lines) and behavior == "always_invoice")
    if bills_now and params.get("payment_behavior") == "pending_if_incomplete":
        return change_when_paid(account, subscription, items, lines, moved=moved, before=before)
    if bills_now:
        put_items(account, subscription, items, moved=moved)
        billed = due_now(subscription, lines, moved)
        subscriptions.bill(account, subscription, billed, reason="subscription_update", before=before)
        return before
    subscription["items"]["data"] = items
    account.store.put(subscription)
    notes = account.store.notes(subscription["id"])
    notes["pending_lines"] = [*notes.get("pending_lines", []), *lines]
    account.store.put_notes(notes)
    return before


def put_items(account: Account, subscription: Json, items: list[Json], *, moved: bool) -> None:
    if moved:
        start_over(account, items)
        subscription["billing_cycle_anchor"] = account.now()
        account.schedule(items[0]["current_period_end"], "renew", subscription["id"])
    subscription["items"]["data"] = items
    account.store.put(subscription)


def start_over(account: Account, items: list[Json]) -> None:
    end = next_end(account.now(), items[0]["price"]["recurring"], account.now())
    for item in items:
        item.update(current_period_start=account.now(), current_period_end=end, billed_until=end)


def due_now(subscription: Json, lines: list[Json], moved: bool) -> list[Json]:
    """A new period is billed whole, less what is left of the old one; else only the prorations."""
    if not moved:
        return lines
    return [*(line for line in lines if line["amount"] < 0), *subscriptions.lines_for(subscription)]


def due_if_changed(
    account: Account, subscription: Json, items: list[Json], lines: list[Json], *, moved: bool
) -> list[Json]:
    """What such a change would bill at once; nothing is changed."""
    proposed = [dict(item) for item in items]
    if moved:
        start_over(account, proposed)
    as_if = {**subscription, "items": {**subscription["items"], "data": proposed}}
    return due_now(as_if, lines, moved)


def change_when_paid(
    account: Account, subscription: Json, items: list[Json], lines: list[Json], *, moved: bool, before: Json
) -> Json:
    """``pending_if_incomplete``: the change waits until its invoice is paid, for 23 hours at most."""
    billed = due_if_changed(account, subscription, items, lines, moved=moved)
    invoice = invoices.make_invoice(account, subscription, billed, reason="subscription_update")
    expires_at = account.now() + PENDING_FOR
    subscription["latest_invoice"] = invoice["id"]
    subscription["pending_update"] = {
        "billing_cycle_anchor": None,
        "expires_at": expires_at,
        "subscription_items": items,
        "trial_end": None,
        "trial_from_plan": None,
    }
    account.store.put(subscription)
    notes = account.store.notes(subscription["id"])
    notes["pending_update"] = {"invoice": invoice["id"], "moved": moved}
    account.store.put_notes(notes)
    account.schedule(expires_at, "pending_update_expires", subscription["id"])
    invoices.finalize(account, invoice)
    collecting.collect(account, invoice, automatic=False)
    return before


@collecting.when_paid
def apply_pending_update(account: Account, invoice: Json) -> None:
    subscription = invoices.subscription_of(account, invoice)
    notes = account.store.notes(subscription["id"]) if subscription else {}
    waiting = notes.get("pending_update")
    if subscription is None or waiting is None or waiting["invoice"] != invoice["id"]:
        return
    items = subscription["pending_update"]["subscription_items"]
    forget_pending_update(account, subscription, notes)
    put_items(account, subscription, items, moved=waiting["moved"])
    account.emit("customer.subscription.pending_update_applied", subscription)


def forget_pending_update(account: Account, subscription: Json, notes: Json) -> None:
    del notes["pending_update"]
    account.store.put_notes(notes)
    change(account, subscription, {"pending_update": None})


@due("pending_update_expires")
def pending_update_expires(account: Account, identifier: str, at: int) -> None:
    subscription, notes = account.get("subscription", identifier), account.store.notes(identifier)
    pending = subscription["pending_update"]
    if pending is None or pending["expires_at"] != at:
        return
    invoice = account.get("invoice", notes["pending_update"]["invoice"])
    forget_pending_update(account, subscription, notes)
    if invoice["status"] == "open":
        invoices.void(account, invoice)
    account.emit("customer.subscription.pending_update_expired", subscription)


@route("POST", "/v1/subscriptions/{subscription_exposed_id}")
def update_subscription(account: Account, call: Call) -> Json:
    return update(account, account.get("subscription", call.id), call.params)


def update(account: Account, subscription: Json, params: Json) -> Json:
    refuse_unknown(params)
    if subscription["status"] == "canceled" and set(params) - {"metadata", "cancellation_details", "expand"}:
        raise ApiError("A canceled subscription can only update its cancellation_details and metadata.")
    previous = change_items_and_dates(account, subscription, params)
    changes = updates(subscription, params, ("description", "default_payment_method"))
    if changes.get("default_payment_method"):
        method_of(account, subscription["customer"], changes["default_payment_method"], param="default_payment_method")
    previous |= change(account, subscription, changes)
    if "pause_collection" in params:
        previous |= pausing.pause_collection(account, subscription, params["pause_collection"])
    if "cancel_at_period_end" in params:
        previous |= cancel_at_period_end(account, subscription, params["cancel_at_period_end"])
    if params.get("cancellation_details"):
        details = {**(subscription["cancellation_details"] or {"reason": None}), **params["cancellation_details"]}
        previous |= change(account, subscription, {"cancellation_details": details})
    account.emit("customer.subscription.updated", subscription, previous)
    return subscription


def change_items_and_dates(account: Account, subscription: Json, params: Json) -> Json:
    """A trial that begins makes the change of items free; one that ends bills the new items."""
    steps = [change_items] if "items" in params else []
    if "trial_end" in params:
        steps.insert(len(steps) if params["trial_end"] == "now" else 0, trials.move_next_payment)
    previous: Json = {}
    for step in steps:
        previous = {**step(account, subscription, params), **previous}
    return previous


def not_implemented(name: str, where: str) -> ApiError:
    return ApiError(f"The sandbox does not implement `{name}` of {where}.", status=501, kind="api_error")


def refuse_unknown(params: Json) -> None:
    for name in params:
        if name not in CHANGEABLE:
            raise not_implemented(name, "POST /v1/subscriptions/{id}")
    if params.get("payment_behavior") in {"error_if_incomplete", "default_incomplete"}:
        raise not_implemented(f"payment_behavior={params['payment_behavior']}", "POST /v1/subscriptions/{id}")
