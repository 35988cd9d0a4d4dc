"""The order behind its link: seen, cancelled and sent back without a log-in; by nobody else."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import OutgoingMail, User
from receipts.payers import change_payer
from shop.models import MoneyBack, Order, Return, Shipment
from shop.orders.links import order_path, token_of
from shop.orders.sending import send
from tests.reading import text_of
from tests.shop.shelves import a_variant, an_order, bob, row

pytestmark = pytest.mark.django_db
State = Order.State


@pytest.fixture
def order(db: None) -> Order:
    """Paid for without money: two candles and a soap."""
    order = an_order(row(a_variant(), 2), row(a_variant(title="Soap")))
    order.pending()
    order.paid(None)
    order.refresh_from_db()
    return order


def units(order: Order, *numbers: Any) -> dict[str, Any]:
    return {f"units_{line.pk}": number for line, number in zip(order.order_lines.all(), numbers, strict=True)}


def sent(order: Order) -> Order:
    send(
        order, {line.pk: line.quantity for line in order.order_lines.all()}, "Post", "RR1", url="https://post.example/"
    )
    order.refresh_from_db()
    return order


def test_the_mailed_link_opens_it_without_a_log_in(client: Client, order: Order) -> None:
    mail = OutgoingMail.objects.get(kind="shop/mail/order_confirmed")
    (link,) = re.findall(r"http://testserver(/order/\S+)", mail.text)
    answer = client.get(link)
    page = text_of(answer)
    assert answer.status_code == 200 and "Candle" in page and "2 Mill Lane" in page and order.number in page
    assert "$65.00" in page
    assert "bob" not in link.lower() and "@" not in link
    assert answer["X-Robots-Tag"] == "noindex, nofollow" and answer["Referrer-Policy"] == "same-origin"
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("name", ["order", "order_cancel", "order_return"])
def test_made_up_changed_foreign_old_and_dead_links_are_alike(order: Order, name: str) -> None:
    other = an_order(row(a_variant()))
    token, theirs = token_of(order), token_of(other)
    wrong = {
        "x": "x",
        "no signature": order.public_id.hex,
        "its number": order.number,
        "changed": token[:-1] + ("a" if token[-1] != "a" else "b"),
        "signed for something else": signing.Signer(salt="other").sign(order.public_id.hex),
        "another's signature": f"{order.public_id.hex}:{theirs.split(':')[1]}",
    }
    answers = {why: Client().get(reverse(name, args=[made_up])) for why, made_up in wrong.items()}
    assert {why: answer.status_code for why, answer in answers.items()} == dict.fromkeys(wrong, 404)
    Order.objects.filter(pk=order.pk).update(placed_at=timezone.now() - timedelta(days=366))
    assert Client().get(reverse(name, args=[token])).status_code == 404


def test_charlie_gets_404_and_whoever_paid_needs_no_live_link(client: Client, order: Order, alice: User) -> None:
    Order.objects.filter(pk=order.pk).update(placed_at=timezone.now() - timedelta(days=500))
    charlie = User.objects.create_user("charlie@example.org")
    client.force_login(charlie)
    assert client.get(order_path(order)).status_code == 404
    type(order.payer).objects.filter(pk=order.payer.pk).update(user=alice)
    client.force_login(alice)
    assert client.get(order_path(order)).status_code == 200


def test_a_link_dies_with_the_address_it_was_mailed_to(client: Client, order: Order) -> None:
    old = order_path(order)
    change_payer(order.payer, {"email": "bobby@example.org"})
    order.refresh_from_db()
    assert order.email == "bobby@example.org"
    assert client.get(old).status_code == 404
    assert client.get(order_path(order)).status_code == 200


class TestCancelling:
    def test_all_is_suggested_and_less_may_be_chosen(self, client: Client, order: Order) -> None:
        address = reverse("order_cancel", args=[token_of(order)])
        page = client.get(address)
        assert 'value="2"' in page.text and 'value="1"' in page.text
        answer = client.post(address, units(order, 1, 0), follow=True)
        assert "It is cancelled" in text_of(answer) and "1 cancelled" in text_of(answer)
        assert [line.cancelled for line in order.order_lines.all()] == [1, 0]
        mail = OutgoingMail.objects.get(kind="shop/mail/order_cancelled")
        assert "1 × Candle" in mail.text and "Soap" not in mail.text and "Nothing had been paid" in mail.text

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ("3", "There are only 2 of it."),
            ("10000", "There are only 2 of it."),
            ("-1", "Enter 0 or more."),
            ("two", "Enter a number, such as 1."),
            ("0", "Enter how many to cancel, of at least one thing."),
            ("", "Enter a number, such as 1, or 0."),
            ("1.5", "Enter a number, such as 1."),
        ],
    )
    def test_what_is_wrong_is_said_and_kept(self, client: Client, order: Order, typed: str, said: str) -> None:
        answer = client.post(reverse("order_cancel", args=[token_of(order)]), units(order, typed, "0"))
        assert answer.status_code == 422 and said in text_of(answer)
        if typed:
            assert f'value="{typed}"' in answer.text
        assert [line.cancelled for line in order.order_lines.all()] == [0, 0]

    def test_twice_is_once(self, client: Client, order: Order) -> None:
        address = reverse("order_cancel", args=[token_of(order)])
        client.post(address, units(order, 2, 1))
        answer = client.post(address, units(order, 2, 1), follow=True)
        assert "Nothing of this order is left to cancel" in text_of(answer)
        assert OutgoingMail.objects.filter(kind="shop/mail/order_cancelled").count() == 1
        order.refresh_from_db()
        assert order.state == State.CANCELLED

    def test_sent_meanwhile_it_is_refused_in_words(self, client: Client, order: Order) -> None:
        line = order.order_lines.first()
        assert line
        send(order, {line.pk: 1})
        answer = client.post(reverse("order_cancel", args=[token_of(order)]), units(order, 2, 0))
        assert answer.status_code == 422 and "There is only 1 of it." in text_of(answer)


class TestReturns:
    def test_it_is_asked_for_with_what_and_why(self, client: Client, order: Order) -> None:
        sent(order)
        page = text_of(client.get(order_path(order)))
        assert "Send something back" in page and "RR1" in page
        address = reverse("order_return", args=[token_of(order)])
        client.post(address, {**units(order, 1, 0), "reason": "Too bright"})
        back = Return.objects.get()
        assert (back.reason, back.state) == ("Too bright", "asked")
        assert [(row.line, row.quantity) for row in back.lines.all()] == [(order.order_lines.all()[0], 1)]
        page = text_of(client.get(order_path(order)))
        assert "You asked to send something back" in page and "Send something back" not in page
        client.post(address, {**units(order, 1, 0), "reason": "Again"})
        assert Return.objects.count() == 1

    def test_not_before_it_is_sent(self, client: Client, order: Order) -> None:
        client.post(reverse("order_return", args=[token_of(order)]), {**units(order, 1, 0), "reason": ""})
        assert not Return.objects.exists()

    def test_nor_after_the_days_that_are_set(self, client: Client, order: Order, settings: Any) -> None:
        settings.SHOP_RETURN_DAYS = 14
        sent(order)
        Shipment.objects.update(sent_at=timezone.now() - timedelta(days=13))
        assert "Send something back" in text_of(client.get(order_path(order)))
        Shipment.objects.update(sent_at=timezone.now() - timedelta(days=15))
        assert "Send something back" not in text_of(client.get(order_path(order)))
        client.post(reverse("order_return", args=[token_of(order)]), {**units(order, 1, 0), "reason": ""})
        assert not Return.objects.exists()

    def test_a_reason_that_is_too_long_is_refused(self, client: Client, order: Order) -> None:
        sent(order)
        answer = client.post(
            reverse("order_return", args=[token_of(order)]), {**units(order, 1, 0), "reason": "x" * 501}
        )
        assert answer.status_code == 422 and "x" * 501 in answer.text


@pytest.mark.parametrize("state", State.values)
def test_every_state_is_said_in_words(client: Client, order: Order, state: str) -> None:
    Order.objects.filter(pk=order.pk).update(state=state)
    page = text_of(client.get(order_path(order)))
    assert f"Order {order.number}" in page and not MoneyBack.objects.exists()


def test_the_page_asks_as_often_for_many_lines(client: Client, django_assert_max_num_queries: Any) -> None:
    big = an_order(*[row(a_variant(title=f"Thing {number}")) for number in range(12)], payer=bob())
    big.pending()
    big.paid(None)
    client.get(order_path(big))
    with django_assert_max_num_queries(22):
        client.get(order_path(big))
