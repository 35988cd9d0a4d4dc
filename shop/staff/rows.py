"""What a row of the orders' listing and of their export shows, in a constant number of queries."""

from __future__ import annotations

from typing import Any

from django.db.models import BigIntegerField, Exists, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from shop.models import Order, OrderLine, Return

OPEN_RETURNS = (Return.State.ASKED, Return.State.ACCEPTED)


def _of_lines(expression: Any) -> Coalesce:
    lines = OrderLine.objects.filter(order=OuterRef("pk")).order_by().values("order").annotate(total=Sum(expression))
    return Coalesce(Subquery(lines.values("total"), output_field=BigIntegerField()), 0)


def listed_orders() -> QuerySet[Order]:
    """Orders that were paid for. ``paid_in_all``: tax and sending included, minor units of the order's currency."""
    returns = Return.objects.filter(order=OuterRef("pk"))
    return (
        Order.objects.placed()
        .select_related("payer")
        .annotate(
            units=_of_lines("quantity"),
            left=_of_lines(F("quantity") - F("sent") - F("cancelled")),
            paid_in_all=_of_lines(F("amount") + F("tax")) + F("shipping") + F("shipping_tax"),
            has_open_return=Exists(returns.filter(state__in=OPEN_RETURNS)),
            has_unpaid_return=Exists(returns.filter(state=Return.State.RECEIVED, money_back=None)),
        )
    )


def left_to_send(order: Any) -> str:
    return f"{order.left} of {order.units}" if order.state in Order.GOING_OUT else ""


def return_in_words(order: Any) -> str:
    if order.has_open_return:
        return "Open"
    return "To pay back" if order.has_unpaid_return else ""


def goes_by(order: Order) -> str:
    """How it leaves: the way's name as it was then."""
    return f"Picked up: {order.shipping_label}" if order.is_pickup else order.shipping_label
