"""What another window, a sign-in or Stripe's absence does to a basket between looking at it and paying."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.db.models import F
from django.db.models.signals import pre_save
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.privacy import Person
from payments import checkout, gateway, privacy, repair
from payments.basket import keeping
from payments.models import Basket, BasketItem, DiscountCode, Payment
from receipts.payers import find_or_create_payer
from tests.payments.test_basket import KIND, a_thing, look, pay, put, settle, tell

if TYPE_CHECKING:
    from tests.sandbox_client import Sandbox

pytestmark = pytest.mark.django_db


def test_what_was_put_in_while_another_checkout_was_ended_is_not_taken_for_paid(
    client: Client, connected_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(client, a_thing())
    tell(client)
    pay(client)
    put(client, a_thing("Bowl"))
    late, ended = a_thing("Lamp"), checkout.close

    def close(payment: Payment) -> None:
        ended(payment)
        keeping.put(Basket.objects.get(), kind=KIND, reference=str(late.pk))

    monkeypatch.setattr(checkout, "close", close)
    answer = pay(client)
    assert answer.status_code == 422 and "Your basket has changed meanwhile." in answer.content.decode()
    assert BasketItem.objects.get(reference=str(late.pk)).at_checkout == 0
    monkeypatch.undo()
    assert pay(client).status_code == 303
    assert settle(connected_sandbox).amount == 3 * 2500
    assert not BasketItem.objects.exists()


def test_putting_more_in_leaves_alone_what_is_at_the_checkout(client: Client) -> None:
    put(client, a_thing())

    def goes_to_stripe(sender: Any, **kwargs: Any) -> None:
        """In the moment between reading the row and writing it."""
        BasketItem.objects.update(at_checkout=F("quantity"))

    pre_save.connect(goes_to_stripe, sender=BasketItem)
    try:
        keeping.put(Basket.objects.get(), kind=KIND, reference=BasketItem.objects.get().reference)
    finally:
        pre_save.disconnect(goes_to_stripe, sender=BasketItem)
    assert BasketItem.objects.values_list("quantity", "at_checkout").get() == (2, 1)


def test_whoever_is_told_that_it_is_paid_waits_in_the_same_order_as_who_puts_in(client: Client) -> None:
    put(client, a_thing())
    basket, item = Basket.objects.get(), BasketItem.objects.get()
    for act in (lambda: keeping.put(basket, kind=KIND, reference=item.reference), lambda: basket.paid(None)):
        with CaptureQueriesContext(connection) as asked:
            act()
        first = next(query["sql"] for query in asked if query["sql"].startswith(("UPDATE", "DELETE")))
        assert first.startswith('UPDATE "payments_basket" ')


def test_another_quantity_of_what_was_paid_a_moment_ago_is_no_error(client: Client) -> None:
    put(client, a_thing())
    item = BasketItem.objects.get()
    BasketItem.objects.all().delete()
    keeping.change(item, 3)
    assert not BasketItem.objects.exists()


def test_a_page_of_somebody_signed_in_writes_and_locks_nothing(client: Client, alice: User) -> None:
    client.force_login(alice)
    put(client, a_thing())
    client.get(reverse("basket"))
    for visitor in (client, Client()):
        visitor.force_login(alice)
        visitor.get(reverse("basket"))
        with CaptureQueriesContext(connection) as asked:
            visitor.get(reverse("basket"))
        writing = ("SAVEPOINT", "UPDATE", "INSERT", "DELETE")
        assert not [query["sql"] for query in asked if query["sql"].startswith(writing)]


class TestTheAddressOfWhoSignsIn:
    @pytest.fixture
    def own(self, alice: User) -> Any:
        return find_or_create_payer(kind="person", name="Alice Adams", email=alice.email, user=alice)

    def test_one_typed_before_is_never_made_theirs(
        self, client: Client, alice: User, own: Any, connected_sandbox: Sandbox
    ) -> None:
        put(client, a_thing())
        tell(client, email="mallory@example.org")
        client.force_login(alice)
        assert "mallory" not in look(client).content.decode()
        pay(client)
        own.refresh_from_db()
        assert own.email == alice.email
        assert Payment.objects.get().payer == own

    def test_one_that_they_had_before_does_not_come_back(
        self, client: Client, alice: User, own: Any, connected_sandbox: Sandbox
    ) -> None:
        client.force_login(alice)
        put(client, a_thing())
        tell(client)
        Basket.objects.update(email="former@example.org")
        pay(client)
        own.refresh_from_db()
        assert own.email == alice.email


def test_what_stripe_never_heard_of_is_free_again_when_its_time_is_over(
    client: Client, connected_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(**sent: Any) -> None:
        raise gateway.StripeUnavailable("away")

    thing = a_thing(left=1)
    put(client, thing)
    tell(client)
    monkeypatch.setattr(gateway, "create_session", away)
    assert pay(client).status_code == 503
    repair.sweep_checkouts()
    thing.refresh_from_db()
    assert thing.left == 0
    Payment.objects.update(created_at=timezone.now() - checkout.HELD_FOR)
    repair.sweep_checkouts()
    thing.refresh_from_db()
    assert thing.left == 1 and BasketItem.objects.get().at_checkout == 0
    assert Payment.objects.get().status == Payment.Status.EXPIRED


def test_less_than_a_card_can_pay_is_said_before_anything_is_set_apart(
    client: Client, connected_sandbox: Sandbox
) -> None:
    DiscountCode.objects.create(code="MOST", percent="99", currency="USD")
    put(client, a_thing())
    tell(client)
    client.post(reverse("checkout_review"), {"step": "code", "code": "MOST"})
    assert "Cards can’t pay less than $0.50." in look(client).content.decode()
    assert pay(client).status_code == 422 and not Payment.objects.exists()
    put(client, a_thing("Button", 2500))
    assert pay(client).status_code == 303


def test_a_guests_basket_goes_with_its_person_however_the_address_was_typed(client: Client) -> None:
    put(client, a_thing())
    tell(client, email="Bob@Example.org")
    person = Person(user=None, emails=["bob@example.org"])
    assert [table.name for table in privacy.export(person) if table.rows] == ["basket"]
    privacy.erase(person)
    assert not Basket.objects.exists()
