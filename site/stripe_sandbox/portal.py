"""The customer portal's deep link for a new card."""

from __future__ import annotations

from stripe_sandbox.account import Account
from stripe_sandbox.cards import CARDS
from stripe_sandbox.catalogue import change
from stripe_sandbox.customers import attach, make_payment_method
from stripe_sandbox.declines import DECLINES
from stripe_sandbox.errors import ApiError
from stripe_sandbox.routing import Call, route
from stripe_sandbox.store import Json, new_id


@route("POST", "/v1/billing_portal/sessions")
def create_portal_session(account: Account, call: Call) -> Json:
    params = call.params
    if "customer" not in params:
        raise ApiError("Missing required param: customer.", code="parameter_missing", param="customer")
    customer = account.get_live("customer", params["customer"], param="customer")
    flow = params.get("flow_data")
    if flow and flow["type"] != "payment_method_update":
        raise ApiError(
            f"The sandbox does not implement `flow_data[type]={flow['type']}` of POST /v1/billing_portal/sessions.",
            status=501,
            kind="api_error",
        )
    identifier = new_id("bps")
    return account.make(
        "billing_portal.session",
        "bps",
        id=identifier,
        configuration="bpc_sandbox",
        customer=customer["id"],
        flow=flow_of(flow) if flow else None,
        locale=params.get("locale"),
        return_url=params.get("return_url"),
        url=f"{account.public_url}/p/session/{identifier}",
    )


def flow_of(given: Json) -> Json:
    after = given.get("after_completion") or {"type": "portal_homepage"}
    confirmation = after.get("hosted_confirmation")
    return {
        "type": given["type"],
        "after_completion": {
            "type": after["type"],
            "redirect": after.get("redirect"),
            "hosted_confirmation": {"custom_message": confirmation.get("custom_message")} if confirmation else None,
        },
        "customer_update": None,
        "subscription_cancel": None,
        "subscription_pause": None,
        "subscription_update": None,
        "subscription_update_confirm": None,
    }


def replace_card(account: Account, customer_id: str, name: str) -> Json:
    """The customer enters another card: it becomes the customer's default, and no subscription's own."""
    card = CARDS.get(name)
    if card is None:
        raise ApiError(f"No such card: {name}. Known: {', '.join(CARDS)}.", param="outcome")
    if card.refused:
        raise ApiError(DECLINES[card.outcome].message, status=402, kind="card_error", code="card_declined")
    customer = account.get_live("customer", customer_id, param="customer")
    who = {"email": customer["email"], "name": customer["name"]}
    method = make_payment_method(account, kind="card", card=card, details=who)
    attach(account, method, customer)
    settings = {**customer["invoice_settings"], "default_payment_method": method["id"]}
    account.emit("customer.updated", customer, change(account, customer, {"invoice_settings": settings}))
    return method


def way_back(session: Json) -> str | None:
    after = (session["flow"] or {}).get("after_completion") or {}
    redirect = after.get("redirect") or {}
    address: str | None = redirect.get("return_url") or session["return_url"]
    return address
