"""Changing, cancelling and prorating subscriptions."""

from __future__ import annotations

from stripe_sandbox import collecting, invoices, subscriptions
from stripe_sandbox.account import Account, due
from stripe_sandbox.catalogue import change, inline_price, updates
from stripe_sandbox.customers import bury
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
}


def cancel_at_period_end(account: Account, subscription: Json, at_end: bool) -> Json:
    return change(
        account,
        subscription,
        {
            "cancel_at_period_end": at_end,
            "cancel_at": subscriptions.period_end(subscription) if at_end else None,
            "canceled_at": account.now() if at_end else None,
            "cancellation_details": {
                "comment": None,
                "feedback": None,
                "reason": "cancellation_requested" if at_end else None,
            },
        },
    )


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
    """Credit for what is left of the old items, debit for the same time of the new ones, by the second."""
    before = {item["id"]: item for item in subscription["items"]["data"]}
    lines = []
    for item in items:
        old = before.get(item["id"])
        if old and old["price"]["id"] == item["price"]["id"] and old["quantity"] == item["quantity"]:
            continue
        start, end = item["current_period_start"], item["current_period_end"]
        for part, sign, text in ((old, -1, "Unused time on"), (item, 1, "Remaining time on")):
            if part:
                whole = part["price"]["unit_amount"] * part["quantity"]
                share = (2 * whole * (end - at) + (end - start)) // (2 * (end - start))
                label = f"{text} {part['price']['nickname'] or part['price']['product']}"
                lines.append(invoices.make_line(subscription, part, start=at, end=end, amount=sign * share, text=label))
    return lines


def change_items(account: Account, subscription: Json, params: Json) -> Json:
    """Put the new items in place and bill what they bring; returns what was before."""
    items = apply_items(account, subscription, params["items"])
    behavior = params.get("proration_behavior", "create_prorations")
    before = {"items": {"data": [dict(item) for item in subscription["items"]["data"]]}}
    moved = items[0]["price"]["recurring"] != subscription["items"]["data"][0]["price"]["recurring"]
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
    """Another interval starts another period at once."""
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


def change_when_paid(
    account: Account, subscription: Json, items: list[Json], lines: list[Json], *, moved: bool, before: Json
) -> Json:
    """``pending_if_incomplete``: the change waits until its invoice is paid, for 23 hours at most."""
    proposed = [dict(item) for item in items]
    if moved:
        start_over(account, proposed)
    as_if = {**subscription, "items": {**subscription["items"], "data": proposed}}
    billed = due_now(as_if, lines, moved)
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
    subscription, params = account.get("subscription", call.id), call.params
    refuse_unknown(params)
    if subscription["status"] == "canceled" and set(params) - {"metadata", "cancellation_details", "expand"}:
        raise ApiError("A canceled subscription can only update its cancellation_details and metadata.")
    previous: Json = {}
    if "items" in params:
        previous |= change_items(account, subscription, params)
    changes = updates(subscription, params, ("description", "default_payment_method"))
    if "pause_collection" in params:
        pause = params["pause_collection"] or None
        changes["pause_collection"] = {"resumes_at": None, **pause} if pause else None
    previous |= change(account, subscription, changes)
    if "cancel_at_period_end" in params:
        previous |= cancel_at_period_end(account, subscription, params["cancel_at_period_end"])
    if params.get("cancellation_details"):
        details = {**(subscription["cancellation_details"] or {"reason": None}), **params["cancellation_details"]}
        previous |= change(account, subscription, {"cancellation_details": details})
    account.emit("customer.subscription.updated", subscription, previous)
    return subscription


def not_implemented(name: str, where: str) -> ApiError:
    return ApiError(f"The sandbox does not implement `{name}` of {where}.", status=501, kind="api_error")


def refuse_unknown(params: Json) -> None:
    for name in params:
        if name not in CHANGEABLE:
            raise not_implemented(name, "POST /v1/subscriptions/{id}")
    if params.get("payment_behavior") in {"error_if_incomplete", "default_incomplete"}:
        raise not_implemented(f"payment_behavior={params['payment_behavior']}", "POST /v1/subscriptions/{id}")


@route("DELETE", "/v1/subscriptions/{subscription_exposed_id}")
def cancel_subscription(account: Account, call: Call) -> Json:
    subscription = account.get("subscription", call.id)
    if subscription["status"] == "canceled":
        raise ApiError(f"No such subscription: '{call.id}'", status=404, code="resource_missing", param="id")
    if call.params.get("cancellation_details"):
        subscription["cancellation_details"] = {
            "feedback": None,
            "comment": None,
            **call.params["cancellation_details"],
        }
    collecting.end_subscription(account, subscription, reason="cancellation_requested")
    return subscription


@route("DELETE", "/v1/customers/{customer}")
def delete_customer(account: Account, call: Call) -> Json:
    """Its subscriptions end with it."""
    customer = account.get_live("customer", call.id, param="id")
    for subscription in account.store.where("subscription", "customer", call.id):
        if subscription["status"] != "canceled":
            collecting.end_subscription(account, subscription, reason="cancellation_requested")
    return bury(account, customer)
