"""Checkout sessions: made, shown on the hosted page, completed with a named outcome, or expired."""

from __future__ import annotations

from stripe_sandbox import checkout_rules
from stripe_sandbox.account import Account, due
from stripe_sandbox.catalogue import change as change_fields
from stripe_sandbox.catalogue import coupon_in, discount_by, inline_price, merged_metadata, updates
from stripe_sandbox.customers import ADDRESS
from stripe_sandbox.errors import ApiError
from stripe_sandbox.expand import expandable_list
from stripe_sandbox.listing import page_of, whole_list
from stripe_sandbox.routing import Call, route
from stripe_sandbox.store import Json, new_id


@route("POST", "/v1/checkout/sessions")
def create_session(account: Account, call: Call) -> Json:
    params = call.params
    checkout_rules.refuse_what_does_not_fit(account, params)
    coupon = coupon_in(account, params.get("discounts") or [])
    expires_at = checkout_rules.expiry(account, params.get("expires_at"))
    lines = priced_lines(account, params["line_items"], params["mode"])
    subtotal = sum(line["amount_subtotal"] for line in lines)
    spread_discount(lines, discount_by(coupon, subtotal))
    total = sum(line["amount_total"] for line in lines)
    checkout_rules.refuse_amount(lines[0]["currency"], total)
    session = make_session(account, params, lines, expires_at=expires_at, coupon=coupon)
    notes = account.store.notes(session["id"])
    notes.update(lines=lines, coupon=coupon["id"] if coupon else None)
    notes.update({name: params.get(name) or {} for name in checkout_rules.MODES.values()})
    account.store.put_notes(notes)
    account.schedule(expires_at, "expire_session", session["id"])
    return session


def priced_lines(account: Account, items: list[Json], mode: str) -> list[Json]:
    lines = [priced_line(account, item, place) for place, item in enumerate(items)]
    if len({line["currency"] for line in lines}) > 1:
        raise ApiError("All line items must have the same currency.", param="line_items")
    recurring = [line["price"]["recurring"] for line in lines if line["price"]["recurring"]]
    if mode == "payment" and recurring:
        raise ApiError(
            "You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use"
            " only one-time prices.",
            param="line_items",
        )
    if mode == "subscription" and not recurring:
        raise ApiError(
            "You must provide at least one recurring price in `subscription` mode when using prices.",
            param="line_items",
        )
    if any(each != recurring[0] for each in recurring):
        raise ApiError("All recurring prices must have the same `interval` and `interval_count`.", param="line_items")
    return lines


def priced_line(account: Account, item: Json, place: int) -> Json:
    where = f"line_items[{place}]"
    if ("price" in item) == ("price_data" in item):
        raise ApiError(f"You must specify exactly one of `price` or `price_data` for {where}.", param=where)
    if item.get("tax_rates") or item.get("dynamic_tax_rates"):
        raise checkout_rules.not_implemented("line_items[tax_rates]")
    if "quantity" not in item:
        raise ApiError(
            f"Missing required param: {where}[quantity].", code="parameter_missing", param=f"{where}[quantity]"
        )
    if item["quantity"] < 1:
        raise ApiError("Quantity must be greater than 0.", code="parameter_invalid_integer", param=f"{where}[quantity]")
    if "price" in item:
        price = account.get("price", item["price"], param=f"{where}[price]", status=400)
        if not price["active"]:
            raise ApiError(
                "The price specified is inactive. This field only accepts active prices.", param=f"{where}[price]"
            )
    else:
        price = inline_price(account, item["price_data"])
    product = account.get("product", price["product"])
    amount = price["unit_amount"] * item["quantity"]
    return {
        "id": new_id("li"),
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "currency": price["currency"],
        "description": product["name"],
        "metadata": merged_metadata(None, item.get("metadata")),
        "price": price,
        "quantity": item["quantity"],
    }


def spread_discount(lines: list[Json], discount: int) -> None:
    """Over the lines in proportion, so that the parts sum to the whole."""
    subtotal = sum(line["amount_subtotal"] for line in lines)
    seen = given = 0
    for line in lines:
        seen += line["amount_subtotal"]
        share = discount * seen // subtotal - given if subtotal else 0
        given += share
        line.update(amount_discount=share, amount_total=line["amount_subtotal"] - share)


def make_session(account: Account, params: Json, lines: list[Json], *, expires_at: int, coupon: Json | None) -> Json:
    identifier = new_id("cs_test", 58)
    total = sum(line["amount_total"] for line in lines)
    mode = params["mode"]
    session = account.make(
        "checkout.session",
        "cs_test",
        id=identifier,
        adaptive_pricing={"enabled": (params.get("adaptive_pricing") or {}).get("enabled", True)},
        amount_subtotal=sum(line["amount_subtotal"] for line in lines),
        amount_total=total,
        allow_promotion_codes=params.get("allow_promotion_codes"),
        billing_address_collection=params.get("billing_address_collection"),
        cancel_url=params.get("cancel_url"),
        client_reference_id=params.get("client_reference_id"),
        currency=lines[0]["currency"],
        custom_fields=[],
        customer=params.get("customer"),
        customer_creation=None
        if "customer" in params or mode != "payment"
        else params.get("customer_creation", "if_required"),
        customer_email=params.get("customer_email"),
        discounts=[{"coupon": coupon["id"], "promotion_code": None}] if coupon else [],
        expires_at=expires_at,
        locale=params.get("locale"),
        metadata=merged_metadata(None, params.get("metadata")),
        mode=mode,
        payment_method_collection=params.get(
            "payment_method_collection", "if_required" if mode == "payment" else "always"
        ),
        payment_method_types=["card"],
        payment_status="unpaid" if total else "no_payment_required",
        phone_number_collection={"enabled": False},
        shipping_options=[],
        status="open",
        submit_type=params.get("submit_type"),
        success_url=params["success_url"],
        total_details={
            "amount_discount": sum(line["amount_discount"] for line in lines),
            "amount_shipping": 0,
            "amount_tax": 0,
        },
        ui_mode="hosted_page",
        url=f"{account.public_url}/c/pay/{identifier}",
    )
    session["automatic_tax"].update(enabled=False)
    session["customer_details"] = details_of(account, session)
    return account.store.put(session)


def details_of(account: Account, session: Json) -> Json | None:
    customer = account.store.get("customer", session["customer"]) if session["customer"] else None
    email = customer.get("email") if customer else session["customer_email"]
    if customer is None and email is None:
        return None
    return {
        "address": (customer or {}).get("address") or dict.fromkeys(ADDRESS),
        "business_name": None,
        "email": email,
        "individual_name": None,
        "name": (customer or {}).get("name"),
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": [],
    }


@route("GET", "/v1/checkout/sessions/{session}")
def retrieve_session(account: Account, call: Call) -> Json:
    return account.get("checkout.session", call.id)


@route("POST", "/v1/checkout/sessions/{session}")
def update_session(account: Account, call: Call) -> Json:
    session = account.get("checkout.session", call.id)
    for name in call.params:
        if name not in {"metadata", "expand"}:
            raise checkout_rules.not_implemented(f"{name} (update)")
    change_fields(account, session, updates(session, call.params, ()))
    return session


@route("GET", "/v1/checkout/sessions")
def list_sessions(account: Account, call: Call) -> Json:
    return page_of(call, account.store.newest_first("checkout.session"))


@route("GET", "/v1/checkout/sessions/{session}/line_items")
def list_line_items(account: Account, call: Call) -> Json:
    account.get("checkout.session", call.id)
    return page_of(call, account.store.notes(call.id)["lines"])


@expandable_list("checkout.session", "line_items")
def line_items_of(account: Account, session: Json) -> Json:
    lines = account.store.notes(session["id"])["lines"]
    return {**whole_list(lines[:10], f"/v1/checkout/sessions/{session['id']}/line_items"), "has_more": len(lines) > 10}


@route("POST", "/v1/checkout/sessions/{session}/expire")
def expire_session(account: Account, call: Call) -> Json:
    session = account.get("checkout.session", call.id)
    if session["status"] != "open":
        raise ApiError(
            f'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of'
            f" {session['status']}.",
            param="session",
        )
    return expire(account, session)


def expire(account: Account, session: Json) -> Json:
    session.update(status="expired", url=None)
    account.store.put(session)
    account.emit("checkout.session.expired", session)
    return session


@due("expire_session")
def expire_when_due(account: Account, identifier: str, at: int) -> None:
    session = account.get("checkout.session", identifier)
    if session["status"] == "open":
        expire(account, session)
