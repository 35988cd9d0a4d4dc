"""The list of events, from which a site that missed deliveries catches up."""

from __future__ import annotations

from fnmatch import fnmatchcase

from stripe_sandbox.account import Account
from stripe_sandbox.listing import page_of
from stripe_sandbox.routing import Call, route
from stripe_sandbox.store import Json


@route("GET", "/v1/events/{id}")
def retrieve_event(account: Account, call: Call) -> Json:
    return account.get("event", call.id)


@route("GET", "/v1/events")
def list_events(account: Account, call: Call) -> Json:
    params = call.params
    wanted = params.pop("types", None) or ([params["type"]] if "type" in params else None)
    params.pop("type", None)
    delivered = params.pop("delivery_success", None)
    events = account.store.newest_first("event")
    return page_of(
        call,
        (
            event
            for event in events
            if (wanted is None or any(fnmatchcase(event["type"], pattern) for pattern in wanted))
            and (delivered is None or was_delivered(account, event) is delivered)
        ),
    )


def was_delivered(account: Account, event: Json) -> bool:
    deliveries = account.store.where("_delivery", "event_id", event["id"])
    return all(delivery["state"] == "sent" for delivery in deliveries)
