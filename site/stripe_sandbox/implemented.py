"""Imports every module that answers routes, so that the table of handlers is whole."""

from __future__ import annotations

from stripe_sandbox import (
    balance,
    cancelling,
    catalogue,
    checkout,
    customers,
    dashboard,
    dashboard_billing,
    disputes,
    events,
    invoice_routes,
    money,
    payouts,
    portal,
    previews,
    radar,
    refunds,
    resuming,
    subscription_changes,
    subscriptions,
    webhooks,
)
from stripe_sandbox.contract import Contract
from stripe_sandbox.routing import HANDLERS

MODULES = (
    balance,
    cancelling,
    catalogue,
    checkout,
    customers,
    dashboard,
    dashboard_billing,
    disputes,
    events,
    invoice_routes,
    money,
    payouts,
    portal,
    previews,
    radar,
    refunds,
    resuming,
    subscription_changes,
    subscriptions,
    webhooks,
)


def warm(contract: Contract) -> None:
    """Compile what the implemented routes need, so that the cache holds it; refuse a handler without a route."""
    known = {route.key: route for route in contract.routes}
    unknown = set(HANDLERS) - set(known)
    if unknown:
        raise RuntimeError(f"The installed SDK knows no such routes: {', '.join(sorted(unknown))}")
    for key in HANDLERS:
        if known[key].params:
            compile_deep(contract, str(known[key].params))
        for reference in references(known[key].answer):
            compile_deep(contract, reference, within=reference.split(":")[0])
    contract.save()


def references(schema: list[object]) -> list[str]:
    if schema[0] == "ref":
        return [str(schema[1])]
    inner = schema[1] if len(schema) > 1 else None
    if not isinstance(inner, list):
        return []
    if schema[0] == "union":
        return [found for option in inner for found in references(option)]
    return references(inner) if schema[0] in {"list", "map", "page"} else []


def compile_deep(contract: Contract, reference: str, within: str = "") -> None:
    """A class and the classes nested in it; other resources are compiled when one is met."""
    if reference in contract.classes or not reference.startswith(within):
        return
    for schema, _ in contract.fields(reference).values():
        for found in references(schema):
            compile_deep(contract, found, within)
