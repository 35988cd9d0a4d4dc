"""The first picture of each of many products, in one query however many there are."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import FilteredRelation, Q

from pages.models import SiteRendition
from pages.models.consents import Channel
from pages.pictures import Shown, agreed, show
from shop.models import ProductPicture


def first_pictures(products: Collection[int], *specs: str) -> dict[int, Shown]:
    """By product: its first picture, drawn by ``specs`` (the first is the one that old browsers get)."""
    pictures = (
        ProductPicture.objects.filter(agreed(Channel.SHOP, "image__"), product__in=products)
        .annotate(drawn=FilteredRelation("image__renditions", condition=Q(image__renditions__filter_spec__in=specs)))
        .select_related("image", "drawn")
        .order_by("product_id", "sort_order", "pk")
    )
    first: dict[int, ProductPicture] = {}
    for row in pictures:
        picture = first.setdefault(row.product_id, row)
        if picture.pk == row.pk:
            # One row for each drawing that is there; those that are not are made when they are first shown.
            _remember(picture, getattr(row, "drawn", None))
    return {product: show(picture.image, picture.alt, *specs) for product, picture in first.items()}


def _remember(picture: ProductPicture, drawn: SiteRendition | None) -> None:
    known = picture.image.__dict__.setdefault("prefetched_renditions", [])
    if drawn is not None:
        drawn.image = picture.image
        known.append(drawn)
