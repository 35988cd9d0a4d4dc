"""The list of events, from which a site that missed deliveries catches up."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase

from stripe_sandbox.account import Account
from stripe_sandbox.forgetting import oldest_event
from stripe_sandbox.listing import page_of
from stripe_sandbox.routing import Call, route
from stripe_sandbox.store import Json


@route("GET", "/v1/events/{id}")
def retrieve_event(account: Account, call: Call) -> Json:
    return rendered(account, account.get("event", call.id))


def rendered(account: Account, kept: Json) -> Json:
    """An event as it was told, but for the number of deliveries that still wait."""
    event: Json = json.loads(kept["text"])
    waiting = [each for each in deliveries_of(account, kept) if each["url"] and each["state"] != "sent"]
    return {**event, "pending_webhooks": len(waiting)}


def deliveries_of(account: Account, event: Json) -> list[Json]:
    return account.store.where("_delivery", "event_id", event["id"])


@route("GET", "/v1/events")
def list_events(account: Account, call: Call) -> Json:
    params = call.params
    wanted = params.pop("types", None) or ([params["type"]] if "type" in params else None)
    params.pop("type", None)
    delivered = params.pop("delivery_success", None)
    oldest = oldest_event(account)
    page = page_of(
        call,
        (
            event
            for event in account.store.newest_first("event")
            if event["created"] >= oldest
            and (wanted is None or any(fnmatchcase(event["type"], pattern) for pattern in wanted))
            and (delivered is None or was_delivered(account, event) is delivered)
        ),
    )
    return {**page, "data": [rendered(account, event) for event in page["data"]]}


def was_delivered(account: Account, event: Json) -> bool:
    return all(delivery["state"] == "sent" for delivery in deliveries_of(account, event))
