"""Faults to order: a route fails in a named way for some number of requests."""

from __future__ import annotations

from fnmatch import fnmatchcase

from stripe_sandbox.account import Account
from stripe_sandbox.contract import route_key
from stripe_sandbox.errors import ApiError
from stripe_sandbox.store import Json, new_id

KINDS = {"drop_before", "drop_after", "409", "429", "429_lock_timeout", "500", "500_after", "503", "slow"}


def add_fault(account: Account, order: Json) -> Json:
    kind = str(order.get("kind"))
    if kind not in KINDS:
        raise ApiError(f"No such fault: {kind}. Known: {', '.join(sorted(KINDS))}.", param="kind")
    fault = {
        "id": new_id("fault", 8),
        "route": order.get("route", "*"),
        "kind": kind,
        "times": int(order.get("times", 1)),
        "seconds": float(order.get("seconds", 1)),
    }
    account.faults.append(fault)
    return fault


def take_fault(account: Account, method: str, template: str) -> Json | None:
    """The first ordered fault for this route; each is used as often as ordered."""
    for fault in account.faults:
        if fits_route(fault["route"], method, template):
            fault["times"] -= 1
            if fault["times"] <= 0:
                account.faults.remove(fault)
            return fault
    return None


def fits_route(pattern: str, method: str, template: str) -> bool:
    if pattern == "*":
        return True
    wanted_method, _, wanted = pattern.rpartition(" ")
    if wanted_method and wanted_method not in {"*", method}:
        return False
    return fnmatchcase(route_key("", template), route_key("", wanted))


def error_for(kind: str) -> ApiError | None:
    if kind == "409":
        return ApiError("There is already another request in progress.", status=409, code="idempotency_key_in_use")
    if kind == "429":
        return ApiError("Too many requests hit the API too quickly.", status=429, code="rate_limit")
    if kind == "429_lock_timeout":
        return ApiError(
            "This object cannot be accessed right now because another API request is currently accessing it.",
            status=429,
            code="lock_timeout",
        )
    if kind in {"500", "500_after"}:
        # Like v1 of the API, an idempotency key remembers this answer.
        return ApiError("An unknown error occurred.", status=500, kind="api_error", kept=True)
    if kind == "503":
        return ApiError("The service is unavailable.", status=503, kind="api_error")
    return None
