"""A sandbox that runs for years does not grow for years: events and old answers are forgotten."""

from __future__ import annotations

from typing import Any

from tests.stripe_sandbox.shop import Shop, refused


def lose_deliveries(shop: Shop) -> None:
    shop.sandbox.control("POST", "deliveries/drop_all")


def oldest_event(shop: Shop) -> Any:
    return shop.sandbox.ids("event")[0]


def test_events_are_forgotten_after_thirty_days(shop: Shop) -> None:
    shop.join()
    first = oldest_event(shop)
    lose_deliveries(shop)
    shop.sandbox.advance(days=29)
    shop.give()
    assert oldest_event(shop) == first
    lose_deliveries(shop)
    shop.sandbox.advance(days=40)
    shop.give()
    assert refused(shop.api.events.retrieve, first).code == "resource_missing"
    assert first not in {delivery["event_id"] for delivery in shop.sandbox.deliveries() if "event_id" in delivery}
    assert 0 < shop.sandbox.count("event") < 40


def test_an_event_that_waits_to_be_delivered_is_kept(shop: Shop) -> None:
    shop.join()
    first = oldest_event(shop)
    shop.sandbox.advance(days=93)
    assert oldest_event(shop) == first
    assert len(shop.sandbox.held()) == shop.sandbox.count("event")
    # It cannot be listed any more, as before.
    assert first not in [event.id for event in shop.api.events.list({"limit": 100}).auto_paging_iter()]


def test_all_events_can_be_kept(shop: Shop) -> None:
    shop.sandbox.settings(event_days=None)
    shop.join()
    first = oldest_event(shop)
    lose_deliveries(shop)
    shop.sandbox.advance(days=400)
    assert first in [event.id for event in shop.api.events.list({"limit": 100}).auto_paging_iter()]


def test_the_answers_of_old_keys_are_forgotten(shop: Shop) -> None:
    params = {"email": "dora@example.org"}
    made = [shop.api.customers.create(params, {"idempotency_key": f"key-{number}"}).id for number in range(3)]
    assert shop.api.customers.create(params, {"idempotency_key": "key-0"}).id == made[0]
    assert shop.sandbox.count("_answer") == 3
    shop.sandbox.advance(days=2)
    session = shop.open_gift()
    shop.sandbox.complete(session.id)
    assert shop.sandbox.count("_answer") == 1, "that of the gift's own session"
