"""Products, prices and coupons."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.account import Account
from stripe_sandbox.errors import ApiError, no_such
from stripe_sandbox.listing import page_of
from stripe_sandbox.routing import Call, route
from stripe_sandbox.store import Json, new_id

LARGEST_AMOUNT = 99_999_999


def merged_metadata(before: Json | None, given: Any) -> Json:
    """New values over old ones; an empty value unsets its key, an empty string all of them."""
    if given == "":
        return {}
    merged = {**(before or {}), **(given or {})}
    return {key: value for key, value in merged.items() if value != ""}


def change(account: Account, subject: Json, changes: Json) -> Json:
    """Set fields and return what they were before, as ``previous_attributes`` of the event."""
    previous = {name: subject.get(name) for name, value in changes.items() if subject.get(name) != value}
    subject.update(changes)
    account.store.put(subject)
    return previous


def updates(subject: Json, params: Json, fields: tuple[str, ...]) -> Json:
    changed = {name: params[name] or None if params[name] == "" else params[name] for name in fields if name in params}
    if "metadata" in params:
        changed["metadata"] = merged_metadata(subject["metadata"], params["metadata"])
    return changed


# -- Products ----------------------------------------------------------------------------------------------


def make_product(account: Account, params: Json, *, active: bool = True) -> Json:
    fields = {
        name: params[name] for name in ("description", "unit_label", "statement_descriptor", "url") if name in params
    }
    if "id" in params:
        if account.store.get("product", params["id"]):
            raise ApiError(f"Product already exists: {params['id']}", code="resource_already_exists", param="id")
        fields["id"] = params["id"]
    return account.make(
        "product",
        "prod",
        name=params["name"],
        active=params.get("active", active),
        images=params.get("images") or [],
        metadata=merged_metadata(None, params.get("metadata")),
        type="service",
        updated=account.now(),
        **fields,
    )


@route("POST", "/v1/products")
def create_product(account: Account, call: Call) -> Json:
    product = make_product(account, call.params)
    account.emit("product.created", product)
    if "default_price_data" in call.params:
        price = make_price(account, {**call.params["default_price_data"], "product": product["id"]})
        product["default_price"] = price["id"]
        account.store.put(product)
        account.emit("price.created", price)
    return product


@route("GET", "/v1/products/{id}")
def retrieve_product(account: Account, call: Call) -> Json:
    return account.get("product", call.id)


@route("POST", "/v1/products/{id}")
def update_product(account: Account, call: Call) -> Json:
    product = account.get_live("product", call.id, param="id")
    changes = updates(product, call.params, ("name", "active", "description", "default_price", "images", "url"))
    previous = change(account, product, {**changes, "updated": account.now()})
    account.emit("product.updated", product, previous)
    return product


@route("GET", "/v1/products")
def list_products(account: Account, call: Call) -> Json:
    products = account.store.newest_first("product")
    ids = call.params.pop("ids", None)
    return page_of(call, (product for product in products if ids is None or product["id"] in ids))


# -- Prices ------------------------------------------------------------------------------------------------


def make_price(account: Account, params: Json, *, active: bool = True) -> Json:
    amount = unit_amount_of(params)
    recurring = params.get("recurring")
    if recurring:
        recurring = {
            "interval": recurring["interval"],
            "interval_count": recurring.get("interval_count", 1),
            "meter": None,
            "trial_period_days": None,
            "usage_type": recurring.get("usage_type", "licensed"),
        }
    return account.make(
        "price",
        "price",
        active=params.get("active", active),
        billing_scheme="per_unit",
        currency=params["currency"].lower(),
        lookup_key=params.get("lookup_key"),
        metadata=merged_metadata(None, params.get("metadata")),
        nickname=params.get("nickname"),
        product=params["product"],
        recurring=recurring,
        tax_behavior=params.get("tax_behavior", "unspecified"),
        type="recurring" if recurring else "one_time",
        unit_amount=amount,
        unit_amount_decimal=str(amount),
    )


def unit_amount_of(params: Json) -> int:
    if ("unit_amount" in params) == ("unit_amount_decimal" in params):
        raise ApiError(
            "You must specify exactly one of `unit_amount` or `unit_amount_decimal`.",
            code="parameter_missing",
            param="unit_amount",
        )
    amount = params.get("unit_amount")
    if amount is None:
        whole, _, fraction = params["unit_amount_decimal"].partition(".")
        if fraction.strip("0"):
            raise ApiError("The sandbox takes whole minor units only.", param="unit_amount_decimal")
        amount = int(whole)
    if amount < 0:
        raise ApiError("Invalid non-negative integer", code="parameter_invalid_integer", param="unit_amount")
    if amount > LARGEST_AMOUNT:
        raise ApiError("Amount must be no more than 999,999.99", code="amount_too_large", param="unit_amount")
    return int(amount)


def inline_price(account: Account, price_data: Json) -> Json:
    """``price_data``: a price, and perhaps a product, that are made for this one use and are not active."""
    data = dict(price_data)
    if ("product" in data) == ("product_data" in data):
        raise ApiError("You must specify exactly one of `product` or `product_data`.", param="price_data")
    unit_amount_of(data)
    if "product" in data:
        product = account.get_live("product", data["product"], param="price_data[product]")
        if not product["active"]:
            raise ApiError(f"The product {product['id']} is marked as inactive.", param="price_data[product]")
    else:
        data["product"] = make_product(account, data.pop("product_data"), active=False)["id"]
    return make_price(account, data, active=False)


@route("POST", "/v1/prices")
def create_price(account: Account, call: Call) -> Json:
    params = dict(call.params)
    if ("product" in params) == ("product_data" in params):
        raise ApiError("You must specify exactly one of `product` or `product_data`.", param="product")
    unit_amount_of(params)
    if "product_data" in params:
        params["product"] = make_product(account, params["product_data"])["id"]
    else:
        account.get_live("product", params["product"], param="product")
    claim_lookup_key(account, params)
    price = make_price(account, params)
    account.emit("price.created", price)
    return price


def claim_lookup_key(account: Account, params: Json) -> None:
    key = params.get("lookup_key")
    if not key:
        return
    for holder in account.store.where("price", "lookup_key", key):
        if holder["active"] and not params.get("transfer_lookup_key"):
            raise ApiError(
                f"A price (`{holder['id']}`) already uses that lookup key.",
                code="resource_already_exists",
                param="lookup_key",
            )
        holder["lookup_key"] = None
        account.store.put(holder)


@route("GET", "/v1/prices/{price}")
def retrieve_price(account: Account, call: Call) -> Json:
    return account.get("price", call.id)


@route("POST", "/v1/prices/{price}")
def update_price(account: Account, call: Call) -> Json:
    price = account.get("price", call.id)
    claim_lookup_key(account, call.params)
    previous = change(account, price, updates(price, call.params, ("active", "nickname", "lookup_key", "tax_behavior")))
    account.emit("price.updated", price, previous)
    return price


@route("GET", "/v1/prices")
def list_prices(account: Account, call: Call) -> Json:
    keys = call.params.pop("lookup_keys", None)
    prices = account.store.newest_first("price")
    return page_of(call, (price for price in prices if keys is None or price["lookup_key"] in keys))


def archive_price(account: Account, identifier: str) -> Json:
    price = account.get("price", identifier)
    account.emit("price.updated", price, change(account, price, {"active": False}))
    return price


# -- Coupons -----------------------------------------------------------------------------------------------


@route("POST", "/v1/coupons")
def create_coupon(account: Account, call: Call) -> Json:
    params = call.params
    if ("percent_off" in params) == ("amount_off" in params):
        raise ApiError("You must pass exactly one of `percent_off` or `amount_off`.", param="percent_off")
    if params.get("duration") == "repeating":
        raise ApiError("The sandbox does not implement coupons that repeat.", status=501, kind="api_error")
    if "amount_off" in params and "currency" not in params:
        raise ApiError("You must pass `currency` when passing `amount_off`.", param="currency")
    coupon = account.make(
        "coupon",
        "coupon",
        id=params.get("id") or new_id("", 8).strip("_"),
        amount_off=params.get("amount_off"),
        currency=params.get("currency"),
        duration=params.get("duration", "once"),
        duration_in_months=params.get("duration_in_months"),
        max_redemptions=params.get("max_redemptions"),
        metadata=merged_metadata(None, params.get("metadata")),
        name=params.get("name"),
        percent_off=params.get("percent_off"),
        redeem_by=params.get("redeem_by"),
        valid=True,
    )
    account.emit("coupon.created", coupon)
    return coupon


@route("GET", "/v1/coupons/{coupon}")
def retrieve_coupon(account: Account, call: Call) -> Json:
    return account.get("coupon", call.id)


@route("GET", "/v1/coupons")
def list_coupons(account: Account, call: Call) -> Json:
    return page_of(call, account.store.newest_first("coupon"))


def discount_by(coupon: Json | None, amount: int) -> int:
    if coupon is None:
        return 0
    if coupon["amount_off"]:
        return min(int(coupon["amount_off"]), amount)
    # Percentages have at most two decimals; stay in integers all the way.
    hundredths = round(float(coupon["percent_off"]) * 100)
    return min((amount * hundredths + 5000) // 10000, amount)


def coupon_in(account: Account, discounts: list[Json]) -> Json | None:
    if not discounts:
        return None
    identifier = discounts[0].get("coupon")
    if identifier is None:
        raise ApiError("The sandbox knows discounts by coupon only.", param="discounts[0][promotion_code]")
    coupon = account.store.get("coupon", identifier)
    if coupon is None:
        raise no_such("coupon", identifier, param="discounts[0][coupon]", status=400)
    return coupon
