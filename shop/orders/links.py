"""The signed link to an order: the right to see it, without a log-in. Nothing of a person stands in it.

It is signed for the address that it was mailed to: when that changes, or is forgotten, the link is dead.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import timezone

if TYPE_CHECKING:
    from shop.models import Order

GOOD_FOR = timedelta(days=365)


def order_path(order: Order) -> str:
    return reverse("order", args=[token_of(order)])


def order_url(order: Order) -> str:
    """The link to be mailed."""
    return settings.BASE_URL + order_path(order)


def token_of(order: Order) -> str:
    return _signer(order).sign(order.public_id.hex)


def is_for(order: Order, token: str) -> bool:
    """Whether this token opens this order, and still does."""
    try:
        named = _signer(order).unsign(token)
    except signing.BadSignature:
        return False
    began = order.placed_at or order.created_at
    return named == order.public_id.hex and began > timezone.now() - GOOD_FOR


def public_id_in(token: str) -> UUID | None:
    """Which order a token claims to be for."""
    try:
        return UUID(hex=token.split(":", 1)[0])
    except ValueError:
        return None


def _signer(order: Order) -> signing.Signer:
    return signing.Signer(salt=f"shop.order:{order.email.casefold()}")
