"""The way of an order: checkout, Stripe's page, what Stripe tells, the refund that follows by itself."""

from __future__ import annotations

from typing import Any

from payments import checkout
from payments.models import Payment
from payments.payables import Payable
from shop.models import MoneyBack, Order
from shop.orders import giving_back
from shop.orders.cancelling import unsent
from shop.orders.sending import send
from tests.faults.road import Road
from tests.shop.shelves import an_order


class Till(Road):
    def order(self, *rows: Any, **fields: Any) -> Order:
        return an_order(*rows, payer=self.payer, **fields)

    def check_out(self, order: Order, *beside: Payable) -> Payment:
        payment = checkout.start(payer=self.payer, payables=[order, *beside], cancel_path="/")
        self.started.append(payment)
        return payment

    def sell(self, *rows: Any, **fields: Any) -> Order:
        """An order that is paid for and waits to be sent."""
        order = self.order(*rows, **fields)
        self.pay(self.check_out(order))
        self.deliver_and_work_off()
        order.refresh_from_db()
        assert order.state == Order.State.PAID
        return order

    def send_all(self, order: Order) -> Order:
        order.refresh_from_db()
        send(order, unsent(order))
        order.refresh_from_db()
        return order

    def give_back(self) -> int:
        """What the clock does, and what Stripe then tells."""
        settled = giving_back.give_back_all()
        self.deliver_and_work_off()
        return settled


def payment_of(order: Order) -> Payment:
    return Payment.objects.filter(items__payable_kind="shop.order", items__payable_id=order.pk).latest("pk")


def owed() -> list[str]:
    return list(MoneyBack.objects.values_list("reason", flat=True))
