"""The signed link to an order (``accounts.mailed_links``), which is good for a year."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts import mailed_links

if TYPE_CHECKING:
    from shop.models import Order

GOOD_FOR = timedelta(days=365)
USE = "shop.order"


def order_path(order: Order) -> str:
    return reverse("order", args=[token_of(order)])


def order_url(order: Order) -> str:
    """The link to be mailed."""
    return settings.BASE_URL + order_path(order)


def token_of(order: Order) -> str:
    return mailed_links.token_of(order.public_id, use=USE, email=order.email)


def is_for(order: Order, token: str) -> bool:
    """Whether this token opens this order, and still does."""
    began = order.placed_at or order.created_at
    is_young = began > timezone.now() - GOOD_FOR
    return is_young and mailed_links.opens(token, order.public_id, use=USE, email=order.email)
