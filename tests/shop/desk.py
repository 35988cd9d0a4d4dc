"""Orders as they lie on the shop keeper's desk."""

from __future__ import annotations

from typing import Any

from payments.goods import Ordered
from shop.models import Order, Return
from shop.orders.returning import accept, ask
from shop.orders.sending import send
from tests.shop.shelves import an_order


def a_paid_order(*rows: Ordered, delivery: Any = None, **fields: Any) -> Order:
    """Placed and sold: nothing was to be paid."""
    order = an_order(*rows, delivery=delivery)
    order.pending()
    order.paid(None)
    if fields:
        Order.objects.filter(pk=order.pk).update(**fields)
    order.refresh_from_db()
    return order


def send_all(order: Order) -> None:
    send(order, {line.pk: line.to_send for line in order.order_lines.all()})
    order.refresh_from_db()


def a_return(order: Order, *, is_accepted: bool = False) -> Return:
    """Of all that was sent."""
    back = ask(order, {line.pk: line.sent for line in order.order_lines.all()}, "It is too large.")
    if is_accepted:
        accept(back, "Send it to the post box.")
    return back
