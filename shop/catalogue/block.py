"""Products on any page: the newest, those of a category, or chosen ones."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone

from shop.catalogue.cards import cards_of
from shop.catalogue.finding import shelf
from shop.models import ShopPage

USUAL, MOST = 4, 12


def render_products(request: HttpRequest | None, reference: str, options: Mapping[str, str]) -> str:
    """Plain links: the page around it may be cached.

    ``reference`` names products by the last part of their addresses, in order ("harbour-tote, linen-apron"); without
    it, ``category=bags`` narrows the newest down, and ``number=8`` says how many.
    """
    shop = ShopPage.objects.live().first()
    if shop is None:
        return ""
    keys = _chosen(shop, request, reference) if reference.strip() else _newest(shop, request, options)
    cards = cards_of(keys, request, timezone.now())
    return (
        render_to_string("shop/products_block.html", {"cards": cards, "shop": shop}, request=request) if cards else ""
    )


def _chosen(shop: ShopPage, request: HttpRequest | None, reference: str) -> list[int]:
    slugs = [slug.strip() for slug in reference.split(",")][:MOST]
    found = dict(shelf(shop, request).filter(slug__in=slugs).values_list("slug", "pk"))
    return [found[slug] for slug in slugs if slug in found]


def _newest(shop: ShopPage, request: HttpRequest | None, options: Mapping[str, str]) -> list[int]:
    products = shelf(shop, request)
    if category := options.get("category", "").strip():
        products = products.filter(product_categories__category__slug=category)
    keys = products.order_by("-first_published_at", "-pk").values_list("pk", flat=True)
    return list(keys[: _number(options.get("number", ""))])


def _number(text: str) -> int:
    text = text.strip()
    return min(max(int(text), 1), MOST) if text.isascii() and text.isdigit() and len(text) < 4 else USUAL
