"""Lists, cursors, filters and expansion."""

from __future__ import annotations

import stripe

from tests.stripe_sandbox.shop import Shop, refused


def test_a_list_is_newest_first_and_pages(shop: Shop) -> None:
    made = [shop.api.customers.create({"email": f"n{number}@example.org"}).id for number in range(25)]
    first = shop.api.customers.list()
    assert (len(first.data), first.has_more) == (10, True)
    assert [each.id for each in first.auto_paging_iter()] == made[::-1]
    second = shop.api.customers.list({"limit": 3, "starting_after": first.data[-1].id})
    assert [each.id for each in second.data] == made[::-1][10:13]
    back = shop.api.customers.list({"limit": 3, "ending_before": second.data[0].id})
    assert [each.id for each in back.data] == made[::-1][7:10]


def test_a_limit_beyond_a_hundred_is_refused(shop: Shop) -> None:
    assert refused(shop.api.customers.list, {"limit": 101}).param == "limit"  # type: ignore[attr-defined]


def test_a_list_is_filtered_by_time(shop: Shop) -> None:
    old = shop.give()
    shop.sandbox.advance(days=5)
    new = shop.give()
    listed = shop.api.charges.list({"created": {"gte": new.created}}).data
    assert [charge.id for charge in listed] == [new.id]
    listed = shop.api.balance_transactions.list({"created": {"lt": new.created}}).data
    assert [row.source for row in listed] == [old.id]


def test_a_list_is_filtered_by_a_field(shop: Shop) -> None:
    gift, subscription = shop.give(), shop.join()
    assert [row.source for row in shop.api.balance_transactions.list({"source": gift.id}).data] == [gift.id]
    sessions = shop.api.checkout.sessions.list({"subscription": subscription.id}).data
    assert [session.subscription for session in sessions] == [subscription.id]
    sessions = shop.api.checkout.sessions.list({"payment_intent": gift.payment_intent}).data
    assert [session.payment_intent for session in sessions] == [gift.payment_intent]
    assert shop.api.prices.list({"lookup_keys": ["none"]}).data == []
    keyed = shop.price(700, interval="year", lookup_key="friend_yearly")
    assert [price.id for price in shop.api.prices.list({"lookup_keys": ["friend_yearly"]}).data] == [keyed.id]


def test_subscriptions_are_listed_without_the_canceled_ones_unless_asked(shop: Shop) -> None:
    kept, gone = shop.join(), shop.join()
    shop.api.subscriptions.cancel(gone.id)
    assert [each.id for each in shop.api.subscriptions.list({"customer": shop.customer.id}).data] == [kept.id]
    listed = shop.api.subscriptions.list({"customer": shop.customer.id, "status": "all"}).data
    assert [each.id for each in listed] == [gone.id, kept.id]
    assert [each.id for each in shop.api.subscriptions.list({"status": "canceled"}).data] == [gone.id]


def test_events_are_filtered_by_types_and_delivery(shop: Shop) -> None:
    shop.give()
    types = ["checkout.session.completed", "charge.succeeded"]
    events = shop.api.events.list({"types": types, "delivery_success": False}).data
    assert [event.type for event in events] == types
    (charge_event,) = [each for each in shop.sandbox.held() if each["type"] == "charge.succeeded"]
    shop.sandbox.mark_sent(charge_event["id"])
    waiting = shop.api.events.list({"types": types, "delivery_success": False}).data
    assert [event.type for event in waiting] == types[:1]
    assert shop.api.events.retrieve(charge_event["event_id"]).type == "charge.succeeded"


def test_events_can_be_read_for_thirty_days(shop: Shop) -> None:
    shop.give()
    shop.sandbox.advance(days=29)
    assert shop.api.events.list({"type": "charge.succeeded"}).data
    shop.sandbox.advance(days=2)
    assert shop.api.events.list({"type": "charge.succeeded"}).data == []


def test_expansion_goes_through_lists(shop: Shop) -> None:
    shop.give()
    listed = shop.api.charges.list({"expand": ["data.balance_transaction", "data.payment_intent"]}).data
    assert (listed[0].balance_transaction.net, listed[0].payment_intent.status) == (2500 - 103, "succeeded")
    assert isinstance(shop.api.charges.list().data[0].balance_transaction, str)


def test_what_is_no_reference_cannot_be_expanded(shop: Shop) -> None:
    charge = shop.give()
    for path in ("currency", "nonsense", "payment_intent.amount"):
        error = refused(shop.api.charges.retrieve, charge.id, {"expand": [path]})
        assert isinstance(error, stripe.InvalidRequestError)
        assert path in str(error)


def test_expansion_is_at_most_four_levels_deep(shop: Shop) -> None:
    charge = shop.give()
    error = refused(shop.api.charges.retrieve, charge.id, {"expand": ["payment_intent.latest_charge.a.b.c"]})
    assert "4 levels" in str(error)


def test_a_lookup_key_belongs_to_one_active_price(shop: Shop) -> None:
    shop.price(700, interval="year", lookup_key="friend")
    assert refused(lambda: shop.price(900, interval="year", lookup_key="friend")).code == "resource_already_exists"
    moved = shop.price(900, interval="year", lookup_key="friend", transfer_lookup_key=True)
    assert [price.id for price in shop.api.prices.list({"lookup_keys": ["friend"]}).data] == [moved.id]


def test_metadata_is_merged_and_unset(shop: Shop) -> None:
    customer = shop.api.customers.create({"metadata": {"a": "1", "b": "2"}})
    changed = shop.api.customers.update(customer.id, {"metadata": {"b": "", "c": "3"}})
    assert changed.metadata.to_dict() == {"a": "1", "c": "3"}
    assert shop.api.customers.update(customer.id, {"metadata": ""}).metadata.to_dict() == {}
