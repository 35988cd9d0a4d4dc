"""Ending subscriptions: at the end of what is paid, at once, or together with their customer."""

from __future__ import annotations

from stripe_sandbox import dunning, subscriptions
from stripe_sandbox.account import Account
from stripe_sandbox.catalogue import change
from stripe_sandbox.customers import bury
from stripe_sandbox.errors import ApiError
from stripe_sandbox.routing import Call, route
from stripe_sandbox.store import Json


def cancel_at_period_end(account: Account, subscription: Json, at_end: bool) -> Json:
    return change(
        account,
        subscription,
        {
            "cancel_at_period_end": at_end,
            "cancel_at": subscriptions.period_end(subscription) if at_end else None,
            "canceled_at": account.now() if at_end else None,
            "cancellation_details": {
                "comment": None,
                "feedback": None,
                "reason": "cancellation_requested" if at_end else None,
            },
        },
    )


@route("DELETE", "/v1/subscriptions/{subscription_exposed_id}")
def cancel_subscription(account: Account, call: Call) -> Json:
    subscription = account.get("subscription", call.id)
    if subscription["status"] == "canceled":
        raise ApiError(f"No such subscription: '{call.id}'", status=404, code="resource_missing", param="id")
    if call.params.get("cancellation_details"):
        subscription["cancellation_details"] = {
            "feedback": None,
            "comment": None,
            **call.params["cancellation_details"],
        }
    dunning.end_subscription(account, subscription, reason="cancellation_requested")
    return subscription


@route("DELETE", "/v1/customers/{customer}")
def delete_customer(account: Account, call: Call) -> Json:
    """Its subscriptions end with it."""
    customer = account.get_live("customer", call.id, param="id")
    for subscription in account.store.where("subscription", "customer", call.id):
        if subscription["status"] != "canceled":
            dunning.end_subscription(account, subscription, reason="cancellation_requested")
    return bury(account, customer)
