"""The control API under ``/_sandbox/``: the clock, the Dashboard's buttons, deliveries, faults, and the truth."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from stripe_sandbox import balance, disputes, faults, payouts, webhooks
from stripe_sandbox.account import DEFAULTS, Account
from stripe_sandbox.errors import ApiError
from stripe_sandbox.store import Json

Action = Callable[..., Any]
ACTIONS: list[tuple[str, re.Pattern[str], Action]] = []


def control(method: str, template: str) -> Callable[[Action], Action]:
    pattern = re.compile("/_sandbox" + re.sub(r"{\w+}", r"([^/]+)", template))

    def register(action: Action) -> Action:
        ACTIONS.append((method, pattern, action))
        return action

    return register


def perform(account: Account, method: str, path: str, order: Json) -> Any:
    for wanted, pattern, action in ACTIONS:
        found = pattern.fullmatch(path)
        if found and wanted == method:
            return action(account, order, *found.groups())
    raise ApiError(f"No such control: {method} {path}", status=404)


@control("GET", "/health")
def health(account: Account, order: Json) -> Json:
    contract = account.contract
    return {"ok": True, "sdk": contract.sdk_version, "api_version": contract.api_version, "now": account.now()}


@control("POST", "/reset")
def reset(account: Account, order: Json) -> Json:
    account.reset()
    return {"ok": True}


# -- Clock and settings ------------------------------------------------------------------------------------


@control("GET", "/clock")
def read_clock(account: Account, order: Json) -> Json:
    return {"now": account.now()}


@control("POST", "/clock/advance")
def advance_clock(account: Account, order: Json) -> Json:
    to = int(order["to"]) if "to" in order else account.now() + int(order.get("seconds", 0))
    if to < account.now():
        raise ApiError("The clock advances; use /_sandbox/clock/set to put it back.", param="to")
    return {"done": account.advance(to), "now": account.now()}


@control("POST", "/clock/set")
def set_clock(account: Account, order: Json) -> Json:
    to = int(order["to"])
    if to < account.now() and any(account.store.kinds.get(kind) for kind in ("checkout.session", "charge")):
        raise ApiError("The clock goes back only while nothing has been sold yet; reset first.", param="to")
    if to >= account.now():
        return {"done": account.advance(to), "now": account.now()}
    account.set_clock(to)
    return {"done": 0, "now": account.now()}


@control("GET", "/settings")
def read_settings(account: Account, order: Json) -> Json:
    return {name: account.settings[name] for name in DEFAULTS}


@control("POST", "/settings")
def change_settings(account: Account, order: Json) -> Json:
    # Delivery settings may come grouped under "webhooks".
    flat = {**order, **order.pop("webhooks", {})} if isinstance(order.get("webhooks"), dict) else order
    flat.pop("webhooks", None)
    try:
        settings = account.put_settings(flat)
    except KeyError as error:
        raise ApiError(str(error.args[0])) from error
    payouts.plan_payouts(account)
    return settings


# -- Deliveries --------------------------------------------------------------------------------------------


@control("GET", "/deliveries")
def list_deliveries(account: Account, order: Json) -> list[Json]:
    state = order.get("state")
    store = account.store
    found = store.where("_delivery", "state", state) if state else store.oldest_first("_delivery")
    # An index keeps the order in which states were reached; people expect the order of events.
    places = {delivery["id"]: place for place, delivery in enumerate(store.oldest_first("_delivery"))} if state else {}
    found = sorted(found, key=lambda delivery: places[delivery["id"]]) if state else found
    return [webhooks.shown(account, delivery) for delivery in found]


def delivery_of(account: Account, identifier: str) -> Json:
    return account.get("_delivery", identifier)


@control("POST", "/deliveries/{id}/deliver")
def deliver(account: Account, order: Json, identifier: str) -> Callable[[], Json]:
    """Sent outside the lock: the site may well ask something back before it answers."""
    delivery = delivery_of(account, identifier)
    delivery["url"] = order.get("url") or delivery["url"]
    if delivery["url"] is None:
        raise ApiError("This delivery has no address; give one as `url`.", param="url")
    delivery["url"] = str(delivery["url"])

    def send() -> Json:
        problem = webhooks.Sender(account).deliver(delivery)
        return {**webhooks.shown(account, delivery), "problem": problem}

    return send


@control("POST", "/deliveries/{id}/drop")
def drop(account: Account, order: Json, identifier: str) -> Json:
    delivery = delivery_of(account, identifier)
    delivery["state"] = "dropped"
    account.store.put(delivery, "_delivery")
    return webhooks.shown(account, delivery)


@control("POST", "/deliveries/drop_all")
def drop_all(account: Account, order: Json) -> Json:
    """Lose everything that waits."""
    held = account.store.where("_delivery", "state", "held")
    for delivery in list(held):
        delivery["state"] = "dropped"
        account.store.put(delivery, "_delivery")
    return {"dropped": len(held)}


@control("POST", "/deliveries/{id}/sent")
def mark_sent(account: Account, order: Json, identifier: str) -> Json:
    """For tests that post the body themselves."""
    delivery = delivery_of(account, identifier)
    delivery["state"] = "sent"
    account.store.put(delivery, "_delivery")
    return webhooks.shown(account, delivery)


@control("POST", "/events")
def tell_event(account: Account, order: Json) -> Json:
    return account.tell(
        str(order["type"]),
        {"object": order.get("object") or {}},
        livemode=bool(order.get("livemode", False)),
        api_version=order.get("api_version"),
    )


@control("GET", "/objects")
def list_objects(account: Account, order: Json) -> list[str]:
    """The ids of all objects of a kind that exist, oldest first."""
    return [each["id"] for each in account.store.oldest_first(str(order["kind"])) if not each.get("deleted")]


@control("DELETE", "/events")
def forget_events(account: Account, order: Json) -> Json:
    """As after more than 30 days: no event can be read or delivered any more."""
    for kind in ("event", "_delivery"):
        for each in account.store.oldest_first(kind):
            account.store.forget(each["id"])
    return {"ok": True}


# -- Faults, log, truth ------------------------------------------------------------------------------------


@control("POST", "/faults")
def add_fault(account: Account, order: Json) -> Json:
    return faults.add_fault(account, order)


@control("GET", "/faults")
def list_faults(account: Account, order: Json) -> list[Json]:
    return account.faults


@control("DELETE", "/faults")
def clear_faults(account: Account, order: Json) -> Json:
    account.faults.clear()
    return {"ok": True}


@control("GET", "/log")
def read_log(account: Account, order: Json) -> list[Json]:
    return list(account.log)


@control("DELETE", "/log")
def clear_log(account: Account, order: Json) -> Json:
    account.log.clear()
    return {"ok": True}


@control("GET", "/money")
def truth(account: Account, order: Json) -> Json:
    """What really happened to money, for a ledger to be compared with."""
    store = account.store
    return {
        "charges": {charge["id"]: truth_of(account, charge) for charge in store.oldest_first("charge")},
        "balance": {
            currency: {**total, "total": sum(total.values())} for currency, total in balance.balances(account).items()
        },
        "payouts": {
            payout["id"]: {name: payout[name] for name in ("amount", "currency", "status", "automatic")}
            for payout in store.oldest_first("payout")
        },
    }


def truth_of(account: Account, charge: Json) -> Json:
    store = account.store
    booked = store.get("balance_transaction", charge["balance_transaction"] or "")
    rows = [
        row for dispute in store.where("dispute", "charge", charge["id"]) for row in dispute["balance_transactions"]
    ]
    return {
        "amount": charge["amount"],
        "refunded": charge["amount_refunded"],
        "disputed": disputes.withdrawn(account, charge["id"]),
        "dispute_fee": sum(row["fee"] for row in rows),
        "fee": booked["fee"] if booked else 0,
        "currency": charge["currency"],
        "status": charge["status"],
        "payment_intent": charge["payment_intent"],
    }
