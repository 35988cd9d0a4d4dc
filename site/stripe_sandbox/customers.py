"""Customers and their payment methods."""

from __future__ import annotations

from stripe_sandbox.account import Account
from stripe_sandbox.cards import Card, details_of
from stripe_sandbox.catalogue import change, merged_metadata, updates
from stripe_sandbox.errors import ApiError, no_such
from stripe_sandbox.listing import page_of
from stripe_sandbox.routing import Call, route
from stripe_sandbox.store import Json, new_id

ADDRESS = ("line1", "line2", "city", "state", "postal_code", "country")
FIELDS = (
    "email",
    "name",
    "phone",
    "description",
    "preferred_locales",
    "tax_exempt",
    "individual_name",
    "business_name",
)


def address_of(given: Json | None) -> Json | None:
    return {name: (given.get(name) or None) for name in ADDRESS} if given else None


def check_email(email: str | None) -> None:
    if email and "@" not in email:
        raise ApiError(f"Invalid email address: {email}", code="email_invalid", param="email")


def make_customer(account: Account, params: Json) -> Json:
    check_email(params.get("email"))
    customer = account.make(
        "customer",
        "cus",
        id=new_id("cus", 14),
        balance=0,
        delinquent=False,
        address=address_of(params.get("address")),
        invoice_prefix=new_id("", 8).strip("_").upper(),
        invoice_settings={
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        metadata=merged_metadata(None, params.get("metadata")),
        next_invoice_sequence=1,
        tax_exempt=params.get("tax_exempt") or "none",
        preferred_locales=params.get("preferred_locales") or [],
        **{name: params.get(name) or None for name in ("email", "name", "phone", "description")},
    )
    account.emit("customer.created", customer)
    return customer


@route("POST", "/v1/customers")
def create_customer(account: Account, call: Call) -> Json:
    return make_customer(account, call.params)


@route("GET", "/v1/customers/{customer}")
def retrieve_customer(account: Account, call: Call) -> Json:
    return account.get("customer", call.id)


@route("POST", "/v1/customers/{customer}")
def update_customer(account: Account, call: Call) -> Json:
    customer = account.get_live("customer", call.id, param="id")
    check_email(call.params.get("email"))
    changes = updates(customer, call.params, FIELDS)
    if "address" in call.params:
        changes["address"] = address_of(call.params["address"] or None)
    method = (call.params.get("invoice_settings") or {}).get("default_payment_method")
    if method:
        method_of(account, customer["id"], method, param="invoice_settings[default_payment_method]")
        changes["invoice_settings"] = {**customer["invoice_settings"], "default_payment_method": method}
    account.emit("customer.updated", customer, change(account, customer, changes))
    return customer


@route("GET", "/v1/customers")
def list_customers(account: Account, call: Call) -> Json:
    return page_of(call, account.store.newest_first("customer"))


def bury(account: Account, customer: Json) -> Json:
    """A deleted customer answers with its id and ``deleted`` only."""
    account.emit("customer.deleted", customer)
    stub = {"id": customer["id"], "object": "customer", "deleted": True}
    return account.store.put(stub)


# -- Payment methods ---------------------------------------------------------------------------------------


def make_payment_method(account: Account, *, kind: str, card: Card, details: Json | None = None) -> Json:
    details = details or {}
    method = {
        "id": new_id("pm"),
        "object": "payment_method",
        "allow_redisplay": "limited",
        "billing_details": {
            "address": address_of(details.get("address")) or dict.fromkeys(ADDRESS),
            "email": details.get("email"),
            "name": details.get("name"),
            "phone": None,
            "tax_id": None,
        },
        "created": account.now(),
        "customer": None,
        "customer_account": None,
        "livemode": False,
        "metadata": {},
        "type": kind,
    }
    if kind == "card":
        method["card"] = details_of(card, account.now())
        remember(account, method, card.outcome)
    else:
        method["sepa_debit"] = {
            "bank_code": "37040044",
            "branch_code": "",
            "country": "DE",
            "fingerprint": new_id("", 16).strip("_"),
            "generated_from": {"charge": None, "setup_attempt": None},
            "last4": "3000",
        }
    return account.store.put(method)


def remember(account: Account, method: Json, outcome: str) -> None:
    """What later charges of it say."""
    account.store.put_notes({**account.store.notes(method["id"]), "outcome": outcome})


def set_expiry(account: Account, method: Json, *, month: int, year: int, silent: bool) -> Json:
    """The bank sends another card of the same number, or the one there is turns out to be older."""
    card = {**method["card"], "exp_month": month, "exp_year": year}
    previous = change(account, method, {"card": card})
    if not silent:
        account.emit("payment_method.automatically_updated", method, previous)
    return method


def attach(account: Account, method: Json, customer: Json) -> None:
    account.emit("payment_method.attached", method, change(account, method, {"customer": customer["id"]}))


@route("GET", "/v1/payment_methods")
def list_payment_methods(account: Account, call: Call) -> Json:
    return page_of(call, account.store.newest_first("payment_method"))


@route("GET", "/v1/customers/{customer}/payment_methods")
def list_methods_of_customer(account: Account, call: Call) -> Json:
    account.get("customer", call.id, param="customer")
    return page_of(call, reversed(account.store.where("payment_method", "customer", call.id)))


@route("GET", "/v1/payment_methods/{payment_method}")
def retrieve_payment_method(account: Account, call: Call) -> Json:
    return account.get("payment_method", call.id)


@route("POST", "/v1/payment_methods/{payment_method}/detach")
def detach_payment_method(account: Account, call: Call) -> Json:
    method = account.get("payment_method", call.id)
    previous = change(account, method, {"customer": None})
    account.emit("payment_method.detached", method, previous)
    return method


def method_of(account: Account, customer_id: str, identifier: str, *, param: str) -> Json:
    """A way to pay that is the customer's own."""
    method = account.get("payment_method", identifier, param=param, status=400)
    if method["customer"] != customer_id:
        raise no_such("PaymentMethod", identifier, param=param, status=400)
    return method


def billing_details(customer: Json | None, method: Json | None) -> Json:
    details: Json = dict(method["billing_details"]) if method else {"address": dict.fromkeys(ADDRESS)}
    for name in ("email", "name", "phone"):
        details[name] = details.get(name) or (customer.get(name) if customer else None)
    return {"tax_id": None, **details}
