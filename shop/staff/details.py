"""All that is known of one order, gathered for its page."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from wagtail.models import ModelLogEntry

from shop.models import MoneyBack, Order, Return, Shipment
from shop.orders.owing import payments_of
from shop.orders.shown import given_back
from shop.staff.addresses import address_of

LOG_SHOWN = 50


def details_of(order: Order) -> dict[str, Any]:
    lines = list(order.order_lines.select_related("maker", "variant__product").order_by("pk"))
    goods = sum(line.amount + line.tax for line in lines)
    return {
        "order": order,
        "lines": lines,
        "address": address_of(order),
        "tax": sum(line.tax for line in lines) + order.shipping_tax,
        "net": sum(line.amount for line in lines),
        "total": goods + order.shipping + order.shipping_tax,
        "left": sum(line.to_send for line in lines) if order.state in Order.GOING_OUT else 0,
        # By whatever way: by itself, by staff, in Stripe's dashboard.
        "given_back": given_back(order),
        "payments": payments_of(order).order_by("created_at"),
        "shipments": shipments_of(order),
        "returns": returns_of(order),
        "money_back": MoneyBack.objects.filter(order=order).select_related("refund", "payment"),
        "history": history_of(order),
    }


def shipments_of(order: Order) -> QuerySet[Shipment]:
    return order.shipments.select_related("sent_by").prefetch_related("lines__line")


def returns_of(order: Order) -> QuerySet[Return]:
    return order.returns.select_related("money_back").prefetch_related("lines__line")


def history_of(order: Order) -> list[ModelLogEntry]:
    """What staff did, newest first."""
    entries = ModelLogEntry.objects.for_instance(order).select_related("user").order_by("-timestamp", "-pk")
    return list(entries[:LOG_SHOWN])
