"""Signed deliveries: in order, or in any disorder that is asked for."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest
import stripe

from tests.sandbox_client import WEBHOOK_SECRET, Sandbox
from tests.stripe_sandbox.receiver import Receiver, receiving
from tests.stripe_sandbox.shop import Shop, refused


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def types_of(received: list[tuple[str, str]]) -> list[str]:
    return [json.loads(body)["type"] for body, _ in received]


def customers(shop: Shop, number: int) -> list[str]:
    return [shop.api.customers.create({"email": f"c{place}@example.org"}).id for place in range(number)]


def ids_of(received: list[tuple[str, str]]) -> list[str]:
    return [json.loads(body)["data"]["object"]["id"] for body, _ in received]


def test_a_held_delivery_is_verified_by_the_sdk(shop: Shop) -> None:
    shop.give()
    for delivery in shop.sandbox.held():
        event = stripe.Webhook.construct_event(delivery["body"], delivery["header"], WEBHOOK_SECRET)
        assert (event.type, event.livemode) == (delivery["type"], False)
        assert event.api_version == "2026-10-28.endive"


@pytest.mark.parametrize("mode", ["wrong", "old_timestamp"])
def test_a_bad_signature_to_order_is_refused_by_the_sdk(shop: Shop, mode: str) -> None:
    shop.sandbox.settings(secret_mode=mode)
    customers(shop, 1)
    (delivery,) = shop.sandbox.held()
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(delivery["body"], delivery["header"], WEBHOOK_SECRET)


def test_while_a_secret_is_rolled_both_sign(shop: Shop) -> None:
    shop.sandbox.settings(secret_mode="two")
    customers(shop, 1)
    (delivery,) = shop.sandbox.held()
    assert delivery["header"].count("v1=") == 2
    assert stripe.Webhook.construct_event(delivery["body"], delivery["header"], WEBHOOK_SECRET)


def test_signatures_use_the_real_clock_whatever_the_sandboxs_says(shop: Shop) -> None:
    shop.sandbox.advance(days=400)
    customers(shop, 1)
    (delivery,) = shop.sandbox.held()
    event = stripe.Webhook.construct_event(delivery["body"], delivery["header"], WEBHOOK_SECRET)
    assert event.created > time.time() + 399 * 86400


def test_an_endpoint_gets_what_it_enabled_in_order(shop: Shop, receiver: Receiver) -> None:
    endpoint = shop.api.webhook_endpoints.create(
        {"url": receiver.url, "enabled_events": ["customer.created"], "api_version": "2026-10-28.endive"}
    )
    made = customers(shop, 8)
    shop.price(500, interval="month")
    received = receiver.wait_for(8)
    assert ids_of(received) == made
    for body, header in received:
        stripe.Webhook.construct_event(body, header, endpoint.secret)
    assert "secret" not in shop.api.webhook_endpoints.retrieve(endpoint.id).to_dict()


def test_an_endpoint_deleted_or_disabled_gets_nothing(shop: Shop, receiver: Receiver) -> None:
    endpoint = shop.api.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["*"]})
    shop.api.webhook_endpoints.update(endpoint.id, {"disabled": True})
    customers(shop, 1)
    assert shop.api.webhook_endpoints.delete(endpoint.id).deleted is True
    customers(shop, 1)
    assert refused(shop.api.webhook_endpoints.retrieve, endpoint.id).http_status == 404
    assert receiver.received == []


def test_what_is_held_goes_out_when_released(shop: Shop, receiver: Receiver) -> None:
    shop.sandbox.settings(hold=True)
    shop.api.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["*"]})
    made = customers(shop, 3)
    assert len(shop.sandbox.held()) == 3
    assert receiver.received == []
    shop.sandbox.settings(hold=False)
    assert ids_of(receiver.wait_for(3)) == made


def test_one_delivery_can_be_sent_by_hand_and_one_dropped(shop: Shop, receiver: Receiver) -> None:
    shop.sandbox.settings(hold=True)
    shop.api.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["*"]})
    made = customers(shop, 2)
    first, second = shop.sandbox.held()
    shop.sandbox.control("POST", f"deliveries/{second['id']}/deliver")
    shop.sandbox.drop(first["id"])
    assert ids_of(receiver.received) == made[1:]
    assert shop.sandbox.held() == []
    assert shop.api.events.list({"delivery_success": False}).data[0].id == first["event_id"]


def test_the_site_may_ask_back_before_it_answers(shop: Shop, receiver: Receiver) -> None:
    shop.sandbox.settings(hold=True)
    shop.api.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["*"]})
    (made,) = customers(shop, 1)
    receiver.meanwhile = lambda: shop.sandbox.make_client().v1.customers.retrieve(made)
    begun = time.monotonic()
    done = shop.sandbox.control("POST", f"deliveries/{shop.sandbox.held()[0]['id']}/deliver")
    assert (done["problem"], done["state"]) == (None, "sent")
    assert time.monotonic() - begun < 10


def test_a_failing_site_is_tried_again(shop: Shop, receiver: Receiver) -> None:
    receiver.failures = 1
    shop.api.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["*"]})
    (made,) = customers(shop, 1)
    assert ids_of(receiver.wait_for(1)) == [made]
    deadline = time.monotonic() + 5
    while not shop.sandbox.deliveries("sent") and time.monotonic() < deadline:
        time.sleep(0.05)
    (delivery,) = shop.sandbox.deliveries("sent")
    assert delivery["attempts"] == 2


def test_duplicates_drops_and_disorder_are_made_to_order(shop: Shop, receiver: Receiver) -> None:
    shop.sandbox.settings(duplicate=2)
    shop.api.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["*"]})
    (twice,) = customers(shop, 1)
    assert ids_of(receiver.wait_for(3)) == [twice] * 3
    shop.sandbox.settings(duplicate=0, drop="next")
    lost, kept = customers(shop, 2)
    received = ids_of(receiver.wait_for(4))
    assert received[3:] == [kept]
    assert lost not in received
    shop.sandbox.settings(hold=True, reorder=True)
    made = customers(shop, 30)
    shop.sandbox.settings(hold=False)
    disorderly = ids_of(receiver.wait_for(34))[4:]
    assert disorderly != made
    assert sorted(disorderly) == sorted(made)


def test_a_delay_is_waited_for(shop: Shop, receiver: Receiver) -> None:
    shop.sandbox.settings(delay=1)
    shop.api.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["*"]})
    begun = time.monotonic()
    customers(shop, 1)
    receiver.wait_for(1)
    assert time.monotonic() - begun >= 1


def test_any_event_can_be_told(shop: Shop) -> None:
    told = shop.sandbox.event(
        "planet.discovered", {"id": "x_1", "object": "planet"}, livemode=True, api_version="2020-08-27"
    )
    (delivery,) = shop.sandbox.held()
    event = json.loads(delivery["body"])
    assert (event["id"], event["type"], event["livemode"]) == (told["id"], "planet.discovered", True)
    assert (event["api_version"], event["data"]["object"]["id"]) == ("2020-08-27", "x_1")


def test_an_update_tells_what_was_before(shop: Shop) -> None:
    subscription = shop.join()
    shop.api.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
    event = json.loads(shop.sandbox.held()[-1]["body"])
    assert event["type"] == "customer.subscription.updated"
    assert event["data"]["previous_attributes"]["cancel_at_period_end"] is False


def test_an_event_is_a_snapshot(shop: Shop) -> None:
    charge = shop.give()
    shop.api.refunds.create({"charge": charge.id})
    (event,) = shop.api.events.list({"type": "charge.succeeded"}).data
    assert event.data["object"]["amount_refunded"] == 0


def test_an_unknown_setting_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(Exception, match="colour"):
        sandbox.settings(colour="red")
