"""What one unit costs: on the shelf, in a sale, and for members.

A member's percentage is taken off the shelf's price. A sale and a member's price are never added up: the lower counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from django.http import HttpRequest

from pages.gates import kept_groups
from payments.member_prices import Price, price_for, reduced

if TYPE_CHECKING:
    from shop.models import MemberPrice, Variant

# Which percentage each group has off, of one product.
Percents = Mapping[int, int]


def percents_of(member_prices: Iterable[MemberPrice]) -> dict[int, int]:
    return {price.group_id: price.percent_off for price in member_prices}


def by_group(price: int, percents: Percents) -> dict[int, int]:
    return {group: reduced(price, percent) for group, percent in percents.items()}


def visitor_price(request: HttpRequest, variant: Variant, percents: Percents, at: datetime) -> Price:
    """What this visitor pays for one now. Never for a page that a cache may keep."""
    return price_for(request, regular=variant.price_at(at), by_group=by_group(variant.price, percents))


def members_price(variant: Variant, percent_off: int, at: datetime) -> int | None:
    """The lowest that any member pays, for a page that everybody may see; None where that is what everybody pays."""
    price = reduced(variant.price, percent_off)
    return price if price < variant.price_at(at) else None


def most_off(member_prices: Iterable[MemberPrice]) -> int:
    """The most that members of any group with a gate pay less for a product, in percent."""
    rows = list(member_prices)
    kept = kept_groups() if rows else {}
    return max((row.percent_off for row in rows if row.group_id in kept), default=0)
