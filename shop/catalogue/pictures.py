"""The first picture of each of many products, in one query however many there are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import FilteredRelation, Q
from django.utils import timezone
from wagtail.images.models import Filter
from wagtail.images.shortcuts import get_rendition_or_not_found

from pages.models import Consent, SiteRendition
from pages.models.consents import Channel, Scope
from shop.models import ProductPicture


@dataclass(frozen=True, kw_only=True)
class Shown:
    url: str
    width: int
    height: int
    alt: str
    # The wider drawings, as ``srcset`` wants them; empty for a single one.
    srcset: str = ""


def agreed(image: str = "") -> Q:
    """Pictures of nobody, and of people who agree today that the shop shows it: else not even its words are shown.

    ``image`` leads to the picture from what is asked for, such as "image__".
    """
    agreeing = Consent.objects.live(timezone.localdate()).covering(Scope.PHOTO, Channel.SHOP)
    return Q(**{f"{image}consent": None}) | Q(**{f"{image}consent__in": agreeing})


def first_pictures(products: Collection[int], *specs: str) -> dict[int, Shown]:
    """By product: its first picture, drawn by ``specs`` (the first is the one that old browsers get)."""
    pictures = (
        ProductPicture.objects.filter(agreed("image__"), product__in=products)
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
    return {product: show(picture, *specs) for product, picture in first.items()}


def _remember(picture: ProductPicture, drawn: SiteRendition | None) -> None:
    known = picture.image.__dict__.setdefault("prefetched_renditions", [])
    if drawn is not None:
        drawn.image = picture.image
        known.append(drawn)


def show(picture: ProductPicture, *specs: str) -> Shown:
    renditions = [get_rendition_or_not_found(picture.image, Filter(spec=spec)) for spec in specs]
    srcset = ", ".join(f"{rendition.url} {rendition.width}w" for rendition in renditions) if len(specs) > 1 else ""
    smallest = renditions[0]
    return Shown(url=smallest.url, width=smallest.width, height=smallest.height, alt=picture.alt, srcset=srcset)
