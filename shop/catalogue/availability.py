"""How many of a variant can be had, and how a page says so."""

from __future__ import annotations

from django.core.exceptions import ObjectDoesNotExist

from shop.models import Variant

# From here on a page says how many are left.
FEW = 3


def available(variant: Variant) -> int | None:
    """How many can be bought now; None for what is made when it is ordered. Ask with ``product`` and ``stock`` read."""
    if variant.product.is_made_to_order:
        return None
    try:
        return max(variant.stock.available, 0)
    except ObjectDoesNotExist:
        # Nobody has counted any yet.
        return 0


def stock_words(left: int | None, days: int | None) -> str:
    """What a page says about it."""
    if left is None:
        return f"Made to order, in about {days} day{'' if days == 1 else 's'}"
    if left < 1:
        return "Sold out"
    return f"Only {left} left" if left <= FEW else "In stock"
