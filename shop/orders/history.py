"""What orders tell of a supporter on the staff's page about them; what was paid and given back is in the books."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.urls import reverse

from receipts.history import HistoryItem
from receipts.models import Payer
from shop.models import Order, Return, Shipment
from shop.models.orders import ALPHABET

LENGTH_OF_NUMBER = 8


def orders_history(payers: Sequence[Payer]) -> Iterator[HistoryItem]:
    orders = Order.objects.placed().filter(payer__in=payers).prefetch_related("order_lines")
    for order in orders:
        what = ", ".join(f"{line.quantity} × {line.name}" for line in order.order_lines.all())
        state = "" if order.state in order.GOING_OUT else f" ({order.get_state_display().lower()})"
        yield _item(order, order.placed_at or order.created_at, "placed" + state, what)
    for shipment in Shipment.objects.filter(order__payer__in=payers).select_related("order"):
        word = "picked up" if shipment.order.is_pickup else "sent"
        yield _item(shipment.order, shipment.sent_at, word, shipment.tracking_number)
    for back in Return.objects.filter(order__payer__in=payers).select_related("order"):
        yield _item(back.order, back.asked_at, f"return {back.get_state_display().lower()}", back.reason)


def _item(order: Order, at: datetime, what: str, detail: str) -> HistoryItem:
    return HistoryItem(
        at=at,
        kind="order",
        title=f"Order {order.number} {what}",
        detail=detail,
        url=reverse("shop_orders:inspect", args=[order.pk]),
        permission="shop.view_order",
    )


def payers_with_number(text: str) -> list[int]:
    """Whose order has this number, as it was read out or typed: an exact look-up in an index."""
    number = text.upper().removeprefix("ORDER").strip().replace(" ", "").replace("-", "")
    if len(number) != LENGTH_OF_NUMBER or not set(number) <= set(ALPHABET):
        return []
    return list(Order.objects.filter(number=number).values_list("payer", flat=True))
