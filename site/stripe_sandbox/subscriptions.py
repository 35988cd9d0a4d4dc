"""Subscriptions: born of a paid checkout, renewed by the clock, changed and cancelled by whoever may."""

from __future__ import annotations

from stripe_sandbox import collecting, dunning, invoices, pausing
from stripe_sandbox.account import Account, due
from stripe_sandbox.errors import ApiError
from stripe_sandbox.expand import expandable_list
from stripe_sandbox.listing import page_of, whole_list
from stripe_sandbox.periods import next_end
from stripe_sandbox.routing import Call, route
from stripe_sandbox.store import Json, new_id


def plan_of(price: Json) -> Json:
    """The old name of a recurring price, which items still carry."""
    recurring = price["recurring"]
    return {
        "id": price["id"],
        "object": "plan",
        "active": price["active"],
        "amount": price["unit_amount"],
        "amount_decimal": price["unit_amount_decimal"],
        "billing_scheme": "per_unit",
        "created": price["created"],
        "currency": price["currency"],
        "interval": recurring["interval"],
        "interval_count": recurring["interval_count"],
        "livemode": False,
        "metadata": {},
        "meter": None,
        "nickname": price["nickname"],
        "product": price["product"],
        "tiers_mode": None,
        "transform_usage": None,
        "trial_period_days": None,
        "usage_type": "licensed",
    }


def make_item(account: Account, subscription_id: str, price: Json, quantity: int, *, start: int, end: int) -> Json:
    return {
        "id": new_id("si", 14),
        "object": "subscription_item",
        "billed_until": end,
        "billing_thresholds": None,
        "created": account.now(),
        "current_period_end": end,
        "current_period_start": start,
        "current_trial": None,
        "discounts": [],
        "metadata": {},
        "plan": plan_of(price),
        "price": price,
        "quantity": quantity,
        "subscription": subscription_id,
        "tax_rates": [],
    }


def make_subscription(
    account: Account,
    *,
    customer: Json,
    prices: list[tuple[Json, int]],
    method: Json | None,
    metadata: Json,
    description: str | None,
) -> Json:
    """An active subscription whose first period starts now. The caller books its first invoice."""
    identifier, now = new_id("sub"), account.now()
    recurring = prices[0][0]["recurring"]
    end = next_end(now, recurring, now)
    items = [make_item(account, identifier, price, quantity, start=now, end=end) for price, quantity in prices]
    subscription = account.make(
        "subscription",
        "sub",
        id=identifier,
        billing_cycle_anchor=now,
        billing_schedules=[],
        cancel_at_period_end=False,
        collection_method="charge_automatically",
        currency=prices[0][0]["currency"],
        customer=customer["id"],
        default_payment_method=method["id"] if method else None,
        default_tax_rates=[],
        description=description,
        items=whole_list(items, f"/v1/subscription_items?subscription={identifier}"),
        metadata=dict(metadata),
        start_date=now,
        status="active",
    )
    subscription["billing_mode"].update(type="flexible")
    subscription["invoice_settings"]["issuer"] = {"type": "self"}
    subscription["automatic_tax"].update(enabled=False)
    account.store.put(subscription)
    account.schedule(end, "renew", identifier)
    return subscription


def lines_for(subscription: Json) -> list[Json]:
    return [
        invoices.make_line(subscription, item, start=item["current_period_start"], end=item["current_period_end"])
        for item in subscription["items"]["data"]
    ]


def period_end(subscription: Json) -> int:
    return int(subscription["items"]["data"][0]["current_period_end"])


@due("renew")
def renew(account: Account, identifier: str, at: int) -> None:
    subscription = account.get("subscription", identifier)
    if subscription["status"] in {"canceled", "paused"} or period_end(subscription) != at:
        return
    if subscription["cancel_at_period_end"]:
        return dunning.end_subscription(account, subscription, reason="cancellation_requested")
    # A holiday that ends with the period is over.
    pausing.resume_collection(account, identifier, at)
    recurring = subscription["items"]["data"][0]["price"]["recurring"]
    end = next_end(subscription["billing_cycle_anchor"], recurring, at)
    before: Json = {"items": {"data": [dict(item) for item in subscription["items"]["data"]]}}
    if subscription["status"] == "trialing":
        before["status"] = "trialing"
        subscription["status"] = "active"
    for item in subscription["items"]["data"]:
        item.update(current_period_start=at, current_period_end=end, billed_until=end)
    account.schedule(end, "renew", identifier)
    bill(account, subscription, lines_for(subscription), reason="subscription_cycle", before=before)


def bill(account: Account, subscription: Json, lines: list[Json], *, reason: str, before: Json) -> Json:
    """Draft an invoice over these lines and whatever was left pending, and collect it as the account is set."""
    notes = account.store.notes(subscription["id"])
    pending = notes.pop("pending_lines", [])
    account.store.put_notes(notes)
    coupon = account.store.get("coupon", notes["forever_coupon"]) if notes.get("forever_coupon") else None
    invoice = invoices.make_invoice(account, subscription, [*pending, *lines], reason=reason, coupon=coupon)
    subscription["latest_invoice"] = invoice["id"]
    account.store.put(subscription)
    account.emit("customer.subscription.updated", subscription, before)
    if subscription["status"] == "unpaid":
        # Invoices of an unpaid subscription stay drafts until somebody acts.
        invoice["auto_advance"] = False
        account.store.put(invoice)
    elif subscription["pause_collection"]:
        pausing.hold_back(account, invoice, subscription["pause_collection"]["behavior"])
    elif reason == "subscription_cycle" and account.settings["draft_seconds"]:
        at = account.now() + int(account.settings["draft_seconds"])
        invoice["automatically_finalizes_at"] = at
        account.store.put(invoice)
        account.schedule(at, "finalize_invoice", invoice["id"])
    else:
        invoices.finalize(account, invoice)
        collecting.collect(account, invoice)
    return invoice


# -- Changes -----------------------------------------------------------------------------------------------


@route("GET", "/v1/subscriptions/{subscription_exposed_id}")
def retrieve_subscription(account: Account, call: Call) -> Json:
    return account.get("subscription", call.id)


@route("GET", "/v1/subscriptions")
def list_subscriptions(account: Account, call: Call) -> Json:
    status = call.params.pop("status", None)
    price = call.params.pop("price", None)
    customer = call.params.get("customer")
    found = (
        reversed(account.store.where("subscription", "customer", customer))
        if customer
        else (account.store.newest_first("subscription"))
    )
    return page_of(call, (each for each in found if has_status(each, status) and has_price(each, price)))


def has_status(subscription: Json, wanted: str | None) -> bool:
    """Without a status Stripe lists all that are not canceled."""
    if wanted is None:
        return bool(subscription["status"] != "canceled")
    if wanted == "ended":
        return subscription["status"] in {"canceled", "incomplete_expired"}
    return wanted in {"all", subscription["status"]}


def has_price(subscription: Json, price: str | None) -> bool:
    return price is None or any(item["price"]["id"] == price for item in subscription["items"]["data"])


@route("GET", "/v1/subscription_items")
def list_items(account: Account, call: Call) -> Json:
    subscription = account.get("subscription", call.params.pop("subscription"), param="subscription", status=400)
    return page_of(call, subscription["items"]["data"])


@route("GET", "/v1/subscription_items/{item}")
def retrieve_item(account: Account, call: Call) -> Json:
    for subscription in account.store.newest_first("subscription"):
        for item in subscription["items"]["data"]:
            if item["id"] == call.id:
                return dict(item)
    raise ApiError(f"No such subscription_item: '{call.id}'", status=404, code="resource_missing", param="item")


@expandable_list("customer", "subscriptions")
def subscriptions_of(account: Account, customer: Json) -> Json:
    live = [s for s in account.store.where("subscription", "customer", customer["id"]) if s["status"] != "canceled"]
    return whole_list(live, f"/v1/customers/{customer['id']}/subscriptions")
