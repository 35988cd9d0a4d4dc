"""The shop's goods in a basket: variants, by their keys."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.utils import timezone

from pages.pictures import Shown
from payments.goods import Buyer, Delivery, DeliveryChoice, Destination, Goods, Ordered, Priced, Wanted
from shop.catalogue.availability import available
from shop.catalogue.closed import closed_to
from shop.catalogue.pictures import first_pictures
from shop.catalogue.prices import percents_of, visitor_price
from shop.models import Variant
from shop.orders.placing import place_order
from shop.shipping.choices import delivery_choices

if TYPE_CHECKING:
    from payments.payables import Payable

KIND = "shop.variant"
SMALL = "fill-192x192|format-webp"
FOR_MEMBERS = "This is for members only."


class VariantGoods(Goods):
    kind = KIND

    def price(self, wanted: Sequence[Wanted], request: HttpRequest) -> list[Priced]:
        variants = variants_of(wanted)
        products = {variant.product_id: variant.product for variant in variants.values()}
        closed = closed_to(request, products.values())
        pictures = first_pictures(products, SMALL)
        now = timezone.now()
        return [
            priced(
                variant,
                request,
                row=row,
                picture=pictures.get(variant.product_id),
                is_closed=variant.product_id in closed,
                at=now,
            )
            for row in wanted
            if (variant := variants.get(row.reference)) is not None
        ]

    def delivery_choices(
        self, destination: Destination, rows: Sequence[tuple[Wanted, Priced]], goods_total: int
    ) -> list[DeliveryChoice]:
        return delivery_choices(destination, rows, goods_total)

    def order(self, rows: Sequence[Ordered], buyer: Buyer, currency: str, delivery: Delivery | None) -> list[Payable]:
        return [place_order(rows, buyer, currency, delivery)]


def variants_of(wanted: Sequence[Wanted]) -> dict[str, Variant]:
    """By reference, whatever was sent as one: only what is a key of ours finds something.

    A draft that was never published is nobody's to know of.
    """
    keys = {row.reference for row in wanted if re.fullmatch(r"[1-9][0-9]{0,17}", row.reference)}
    variants = (
        Variant.objects.filter(pk__in=keys)
        .exclude(product__live=False, product__first_published_at=None)
        .select_related("product", "stock")
        .prefetch_related("product__member_prices")
    )
    return {str(variant.pk): variant for variant in variants}


def priced(
    variant: Variant,
    request: HttpRequest,
    *,
    row: Wanted,
    picture: Shown | None,
    is_closed: bool,
    at: datetime,
) -> Priced:
    if is_closed:
        # Whoever may not read its page learns neither its name nor its price here.
        return Priced(reference=row.reference, title="Something for members", unit_amount=0, problem=FOR_MEMBERS)
    product = variant.product
    price = visitor_price(request, variant, percents_of(product.member_prices.all()), at)
    left = available(variant)
    if left is not None:
        left += row.held
    return Priced(
        reference=row.reference,
        title=product.title,
        detail=variant.name,
        url=product.get_url(request) or "",
        picture=picture.url if picture else "",
        picture_alt=picture.alt if picture else "",
        unit_amount=price.amount,
        most=left,
        problem=problem_of(variant, left=left),
        tax_category=product.tax_category,
        needs_delivery=True,
        weight=variant.weight,
    )


def problem_of(variant: Variant, *, left: int | None) -> str:
    """Why this can't be bought now, for the customer to read; empty when it can."""
    if not variant.product.live or not variant.is_offered:
        return "This is not sold any more."
    if left is not None and left < 1:
        return "This is sold out."
    return ""
