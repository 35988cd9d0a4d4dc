"""Checkout sessions: made, shown on the hosted page, completed with a named outcome, or expired."""

from __future__ import annotations

import time

from stripe_sandbox.account import Account, due
from stripe_sandbox.catalogue import change as change_fields
from stripe_sandbox.catalogue import coupon_in, discount_by, inline_price, merged_metadata, updates
from stripe_sandbox.customers import ADDRESS
from stripe_sandbox.errors import ApiError
from stripe_sandbox.expand import expandable_list
from stripe_sandbox.listing import page_of, whole_list
from stripe_sandbox.routing import Call, route
from stripe_sandbox.store import Json, new_id

SHORTEST, LONGEST, SLACK = 30 * 60, 24 * 3600, 60
# The least a card can be charged, in minor units; 50 where Stripe's list is silent here.
MINIMUM = {"gbp": 30, "jpy": 50, "cad": 50, "aud": 50, "mxn": 1000, "sek": 300, "nok": 300, "dkk": 250, "huf": 17500}
# What the sandbox acts on, and what would only change the look of Stripe's own page. All else is refused.
UNDERSTOOD = {
    *("adaptive_pricing", "allow_promotion_codes", "allowed_payment_method_types", "automatic_tax"),
    *(
        "billing_address_collection",
        "branding_settings",
        "cancel_url",
        "client_reference_id",
        "currency",
        "custom_text",
    ),
    *("customer", "customer_creation", "customer_email", "customer_update", "discounts"),
    *("excluded_payment_method_types", "expires_at", "integration_identifier", "line_items", "locale", "metadata"),
    *("mode", "origin_context", "payment_intent_data", "payment_method_collection", "saved_payment_method_options"),
    *("submit_type", "subscription_data", "success_url", "ui_mode", "wallet_options"),
}
UNDERSTOOD_BELOW = {
    "payment_intent_data": {
        *("description", "metadata", "receipt_email", "setup_future_usage"),
        *("statement_descriptor", "statement_descriptor_suffix"),
    },
    "subscription_data": {"billing_mode", "description", "metadata", "proration_behavior"},
}
MODES = {"payment": "payment_intent_data", "subscription": "subscription_data"}


@route("POST", "/v1/checkout/sessions")
def create_session(account: Account, call: Call) -> Json:
    params = call.params
    refuse_what_does_not_fit(account, params)
    coupon = coupon_in(account, params.get("discounts") or [])
    expires_at = expiry(account, params.get("expires_at"))
    lines = priced_lines(account, params["line_items"], params["mode"])
    subtotal = sum(line["amount_subtotal"] for line in lines)
    spread_discount(lines, discount_by(coupon, subtotal))
    total = sum(line["amount_total"] for line in lines)
    refuse_amount(lines[0]["currency"], total)
    session = make_session(account, params, lines, expires_at=expires_at, coupon=coupon)
    notes = account.store.notes(session["id"])
    notes.update(lines=lines, coupon=coupon["id"] if coupon else None)
    notes.update({name: params.get(name) or {} for name in MODES.values()})
    account.store.put_notes(notes)
    account.schedule(expires_at, "expire_session", session["id"])
    return session


def refuse_what_does_not_fit(account: Account, params: Json) -> None:
    mode = params.get("mode")
    if mode not in MODES:
        if mode is None:
            raise ApiError("Missing required param: mode.", code="parameter_missing", param="mode")
        raise not_implemented(f"mode={mode}")
    for name in sorted(set(params) - UNDERSTOOD):
        raise not_implemented(name)
    for outer, understood in UNDERSTOOD_BELOW.items():
        for name in sorted(set(params.get(outer) or {}) - understood):
            raise not_implemented(f"{outer}[{name}]")
    if (params.get("automatic_tax") or {}).get("enabled"):
        raise not_implemented("automatic_tax")
    if params.get("ui_mode", "hosted_page") != "hosted_page":
        raise not_implemented(f"ui_mode={params['ui_mode']}")
    if not params.get("success_url"):
        raise ApiError("Missing required param: success_url.", code="parameter_missing", param="success_url")
    for name in ("success_url", "cancel_url"):
        if name in params and not params[name].startswith(("http://", "https://")):
            raise ApiError("Not a valid URL", code="url_invalid", param=name)
    if not params.get("line_items"):
        raise ApiError("Missing required param: line_items.", code="parameter_missing", param="line_items")
    if len(params["line_items"]) > 100:
        raise ApiError("You can pass at most 100 line items.", param="line_items")
    for other, name in MODES.items():
        if other != mode and name in params:
            raise ApiError(f"You can not pass `{name}` in `{mode}` mode.", param=name)
    if mode == "subscription" and "customer_creation" in params:
        raise ApiError("`customer_creation` can only be used in `payment` mode.", param="customer_creation")
    refuse_customer(account, params)


def refuse_customer(account: Account, params: Json) -> None:
    if "customer" in params:
        account.get_live("customer", params["customer"], param="customer")
        for name in ("customer_email", "customer_creation"):
            if name in params:
                raise ApiError(f"You may only specify one of these parameters: customer, {name}.", param="customer")
    email = params.get("customer_email")
    if email is not None and ("@" not in email or " " in email):
        raise ApiError(f"Invalid email address: {email}", code="email_invalid", param="customer_email")


def not_implemented(name: str) -> ApiError:
    return ApiError(
        f"The sandbox does not implement `{name}` of POST /v1/checkout/sessions.", status=501, kind="api_error"
    )


def expiry(account: Account, given: int | None) -> int:
    """Between 30 minutes and 24 hours from now, by the sandbox's clock or, as callers read their own, the wall's."""
    now = account.now()
    if given is None:
        return now + LONGEST
    for clock in (now, int(time.time())):
        if SHORTEST - SLACK <= given - clock <= LONGEST + SLACK:
            return now + given - clock
    raise ApiError(
        "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.",
        param="expires_at",
    )


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
        raise not_implemented("line_items[tax_rates]")
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


def refuse_amount(currency: str, total: int) -> None:
    least = MINIMUM.get(currency, 50)
    if 0 < total < least:
        raise ApiError(
            f"The Checkout Session's total amount must be at least {least} in {currency}'s minor unit.",
            code="amount_too_small",
            param="line_items",
        )
    if total > 99_999_999:
        raise ApiError("Amount must be no more than 999,999.99", code="amount_too_large", param="line_items")


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
            raise not_implemented(f"{name} (update)")
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
