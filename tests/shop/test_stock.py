"""What lies on the shelf: set apart, given back, sold, put back; each once, and never below nothing."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from payments.goods import NotAvailable
from shop.models import Order, Stock, StockMovement
from shop.orders.cancelling import CannotCancel, cancel
from tests.shop.shelves import a_variant, an_order, row, stock_of

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def test_a_checkout_sets_its_units_apart_once_however_often_it_starts() -> None:
    candle = a_variant(stock=3)
    order = an_order(row(candle, 2))
    order.pending()
    order.pending()
    assert stock_of(candle) == (3, 2)


def test_what_is_set_apart_is_given_back_once() -> None:
    candle = a_variant(stock=3)
    order = an_order(row(candle, 2))
    order.pending()
    order.released()
    order.released()
    assert stock_of(candle) == (3, 0)
    assert Order.objects.get().state == Order.State.LAPSED


@pytest.mark.parametrize(
    ("stock", "sentence"),
    [(0, "“Candle” has just been sold out."), (1, "Only 1 of “Candle” is left."), (2, "Only 2 of “Candle” are left.")],
)
def test_more_than_there_is_is_refused_in_words(stock: int, sentence: str) -> None:
    candle = a_variant(stock=stock)
    with pytest.raises(NotAvailable) as refused:
        an_order(row(candle, 3)).pending()
    assert str(refused.value) == sentence
    assert stock_of(candle) == (stock, 0)


def test_an_order_is_held_whole_or_not_at_all() -> None:
    candle, soap = a_variant(stock=5), a_variant(title="Soap", stock=0)
    order = an_order(row(candle), row(soap))
    with pytest.raises(NotAvailable):
        order.pending()
    assert (stock_of(candle), stock_of(soap)) == ((5, 0), (0, 0))
    assert not Order.objects.get().holds_stock


def test_two_rows_of_one_variant_are_counted_together() -> None:
    candle = a_variant(stock=3)
    with pytest.raises(NotAvailable):
        an_order(row(candle, 2), row(candle, 2)).pending()


def test_what_is_made_to_order_is_never_held_and_never_out() -> None:
    candle = a_variant(stock=0, days=14)
    order = an_order(row(candle, 7))
    order.pending()
    order.paid(None)
    assert stock_of(candle) == (0, 0)
    assert Order.objects.get().state == Order.State.PAID
    cancel(order, {order.order_lines.get().pk: 7})
    assert stock_of(candle) == (0, 0)


def test_what_is_paid_for_leaves_both_numbers_and_says_why() -> None:
    candle = a_variant(stock=3)
    order = an_order(row(candle, 2))
    order.pending()
    order.paid(None)
    assert stock_of(candle) == (1, 0)
    moved = StockMovement.objects.latest("pk")
    assert (moved.reason, moved.change, moved.on_hand_after) == ("sold", -2, 1)
    assert moved.order_line == order.order_lines.get()


def test_cancelled_units_are_there_again_once() -> None:
    candle = a_variant(stock=3)
    order = an_order(row(candle, 2))
    order.pending()
    order.paid(None)
    line = order.order_lines.get()
    cancel(order, {line.pk: 2})
    with pytest.raises(CannotCancel):
        cancel(order, {line.pk: 1})
    assert stock_of(candle) == (3, 0)
    assert Order.objects.get().state == Order.State.CANCELLED
    assert sum(StockMovement.objects.values_list("change", flat=True)) == 3


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        # Below zero breaks both rules; which one is named first is the database's choice.
        ({"on_hand": -1, "reserved": -1}, "stock_is_never_below_zero|nothing_is_promised_twice"),
        ({"reserved": 4}, "nothing_is_promised_twice"),
        ({"reserved": -1}, "nothing_is_promised_twice"),
    ],
)
def test_the_database_refuses_what_cannot_be(changes: dict[str, int], rule: str) -> None:
    candle = a_variant(stock=3)
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        Stock.objects.filter(pk=candle.pk).update(**changes)
