"""Products as the listing, related products and blocks on pages show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from wagtail.models import Page

from pages.gates import kept_groups
from pages.pictures import Shown
from shop.catalogue.availability import FEW
from shop.catalogue.pictures import first_pictures
from shop.catalogue.prices import members_price
from shop.models import MemberPrice, Variant

SIZES = ("fill-360x360|format-webp", "fill-720x720|format-webp")


@dataclass(frozen=True, kw_only=True)
class Card:
    """Amounts are minor units of ``currency``."""

    title: str
    summary: str
    url: str
    picture: Shown | None
    currency: str
    # The lowest of its variants' prices now; ``is_from`` where others cost more.
    price: int
    is_from: bool
    # What that variant costs when there is no sale; None without a sale.
    before: int | None
    # Whether any of its variants is cheaper now than usually.
    is_on_sale: bool
    # The lowest that a member pays; None where members pay what everybody pays.
    members: int | None
    # How many lie ready, of all variants together; None for what is made to order.
    left: int | None

    @property
    def is_sold_out(self) -> bool:
        return self.left is not None and self.left < 1

    @property
    def is_made_to_order(self) -> bool:
        return self.left is None

    @property
    def few(self) -> int | None:
        return self.left if self.left is not None and 0 < self.left <= FEW else None


def cards_of(keys: Sequence[int], request: HttpRequest | None, at: datetime) -> list[Card]:
    """Cards in the order of these keys, in three queries however many. A product without a variant has no card."""
    variants: dict[int, list[Variant]] = {}
    for variant in _offered(keys):
        variants.setdefault(variant.product_id, []).append(variant)
    pictures = first_pictures(keys, *SIZES)
    return [card(variants[key], pictures.get(key), request, at) for key in keys if key in variants]


def _offered(keys: Sequence[int]) -> QuerySet[Variant]:
    """With the little that a card says of product and stock: whole pages would cost more than all the rest."""
    prices = MemberPrice.objects.filter(product=OuterRef("product"), group__in=list(kept_groups()))
    return (
        Variant.objects.filter(product__in=keys, is_offered=True)
        .annotate(
            title=F("product__title"),
            summary=F("product__summary"),
            url_path=F("product__url_path"),
            days=F("product__made_to_order_days"),
            free=F("stock__on_hand") - F("stock__reserved"),
            off=Subquery(prices.order_by("-percent_off").values("percent_off")[:1]),
        )
        .order_by("product_id", "sort_order", "pk")
    )


def card(variants: Sequence[Any], picture: Shown | None, request: HttpRequest | None, at: datetime) -> Card:
    """Of all variants of one product, as ``_offered`` reads them."""
    product = variants[0]
    cheapest = min(variants, key=lambda variant: (variant.price_at(at), variant.sort_order or 0))
    price = cheapest.price_at(at)
    members = [amount for one in variants if (amount := members_price(one, product.off or 0, at)) is not None]
    return Card(
        title=product.title,
        summary=product.summary,
        url=Page(pk=product.product_id, url_path=product.url_path).get_url(request) or "",
        picture=picture,
        currency=str(settings.REPORTING_CURRENCY),
        price=price,
        is_from=any(variant.price_at(at) != price for variant in variants),
        before=cheapest.price if price != cheapest.price else None,
        is_on_sale=any(variant.is_on_sale(at) for variant in variants),
        members=min(members) if members and min(members) < price else None,
        left=None if product.days is not None else sum(max(variant.free or 0, 0) for variant in variants),
    )
