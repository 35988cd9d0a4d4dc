"""Early fraud warnings: a card's issuer believes that a charge is fraud, some days before anybody disputes it."""

from __future__ import annotations

from stripe_sandbox.account import Account
from stripe_sandbox.catalogue import change
from stripe_sandbox.errors import ApiError
from stripe_sandbox.listing import page_of
from stripe_sandbox.routing import Call, route
from stripe_sandbox.store import Json

KIND = "radar.early_fraud_warning"


def warn(account: Account, charge: Json, fraud_type: str) -> Json:
    if charge["status"] != "succeeded":
        raise ApiError(f"The charge {charge['id']} has not succeeded.")
    warning = account.make(
        KIND,
        "issfr",
        actionable=can_be_acted_on(charge),
        charge=charge["id"],
        fraud_type=fraud_type,
        payment_intent=charge["payment_intent"],
    )
    account.emit(f"{KIND}.created", warning)
    return warning


def can_be_acted_on(charge: Json) -> bool:
    return not charge["refunded"] and not charge["disputed"]


def look_again(account: Account, charge: Json) -> None:
    """Once a charge is refunded whole or disputed, there is nothing left to do about its warnings."""
    for warning in account.store.where(KIND, "charge", charge["id"]):
        if warning["actionable"] and not can_be_acted_on(charge):
            account.emit(f"{KIND}.updated", warning, change(account, warning, {"actionable": False}))


@route("GET", "/v1/radar/early_fraud_warnings/{early_fraud_warning}")
def retrieve_warning(account: Account, call: Call) -> Json:
    return account.get(KIND, call.id)


@route("GET", "/v1/radar/early_fraud_warnings")
def list_warnings(account: Account, call: Call) -> Json:
    return page_of(call, account.store.newest_first(KIND))
