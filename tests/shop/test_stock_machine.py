"""Whatever happens to a stock, in whatever order and however often: nothing is lost, doubled or below nothing."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from payments.goods import NotAvailable
from shop.models import Order, Stock, Variant
from shop.orders.cancelling import CannotCancel, cancel
from shop.orders.returning import CannotReturn, accept, ask, receive
from shop.orders.sending import CannotSend, send
from shop.stock.counting import CannotCount, count
from tests.shop.shelves import a_variant, an_order, row, stock_of, unexplained

pytestmark = pytest.mark.both_databases

FEW = st.integers(min_value=1, max_value=4)


class Shelf(RuleBasedStateMachine):
    """One variant and its orders. ``ours`` is what must lie there, counted beside the code under test."""

    orders = Bundle("orders")

    @initialize(number=st.integers(min_value=0, max_value=6))
    def fill(self, number: int) -> None:
        self.variant: Variant = a_variant(stock=number)
        self.ours = number

    def held(self) -> int:
        return sum(order.order_lines.get().quantity for order in Order.objects.filter(holds_stock=True))

    @rule(target=orders, number=FEW)
    def order(self, number: int) -> Any:
        return an_order(row(self.variant, number))

    @rule(order=orders)
    def start(self, order: Order) -> None:
        with contextlib.suppress(NotAvailable):
            order.pending()

    @rule(order=orders)
    def give_up(self, order: Order) -> None:
        order.released()

    @rule(order=orders)
    def pay(self, order: Order) -> None:
        """Also twice, also after it was given up."""
        before = Order.objects.get(pk=order.pk).is_placed
        order.paid(None)
        order.refresh_from_db()
        if not before and order.state == Order.State.PAID:
            self.ours -= order.order_lines.get().quantity

    @rule(order=orders, number=FEW)
    def cancel(self, order: Order, number: int) -> None:
        with contextlib.suppress(CannotCancel):
            cancel(order, {order.order_lines.get().pk: number})
            self.ours += number

    @rule(order=orders, number=FEW)
    def send(self, order: Order, number: int) -> None:
        with contextlib.suppress(CannotSend):
            send(order, {order.order_lines.get().pk: number})

    @rule(order=orders, number=FEW, again=st.integers(min_value=0, max_value=4))
    def come_back(self, order: Order, number: int, again: int) -> None:
        line = order.order_lines.get().pk
        with contextlib.suppress(CannotReturn):
            back = ask(order, {line: number}, "")
            accept(back)
            receive(back, {line: min(again, number)})
            self.ours += min(again, number)

    @rule(number=st.integers(min_value=0, max_value=6), reason=st.sampled_from(["counted", "made", "damaged", "lost"]))
    def count(self, number: int, reason: str) -> None:
        with contextlib.suppress(CannotCount):
            count(self.variant, number, reason)
            self.ours = {"counted": number, "made": self.ours + number}.get(reason, self.ours - number)

    @rule(order=consumes(orders))
    def forget(self, order: Order) -> None:
        """Nobody does anything with it any more."""

    @invariant()
    def it_adds_up(self) -> None:
        if hasattr(self, "variant"):
            assert stock_of(self.variant) == (self.ours, self.held())
            assert 0 <= self.held() <= self.ours
            assert unexplained() == []
            for line in self.variant.order_lines.all():
                assert line.sent + line.cancelled <= line.quantity and line.returned <= line.sent


@pytest.mark.slow
@pytest.mark.django_db
def test_it_always_adds_up() -> None:
    from django.db import transaction

    class Undone(Shelf):
        """Each run begins with an empty database."""

        def __init__(self) -> None:
            super().__init__()
            self.block = transaction.atomic()
            self.block.__enter__()

        def teardown(self) -> None:
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)

    run_state_machine_as_test(
        Undone, settings=settings(max_examples=12, stateful_step_count=25, deadline=None, derandomize=True)
    )
    assert not Stock.objects.exists()
