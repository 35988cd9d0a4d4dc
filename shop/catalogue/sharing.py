"""A product as search engines and messengers read it: schema.org's words and a picture of the right shape."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from wagtail.models import Page

from receipts.money import plain
from shop.catalogue.pictures import Shown
from shop.catalogue.showing import Choice, ProductNow, pictures_of
from shop.models import ProductPage

SHARED = "fill-1200x630|format-jpeg"
# What a reader of HTML would take for the end of the script, or for the beginning of another.
ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def as_script(told: Any) -> SafeString:
    """JSON that can stand inside a script element, whatever a title says."""
    return mark_safe(json.dumps(told, ensure_ascii=False).translate(ESCAPES))  # noqa: S308


def share_picture(page: ProductPage) -> Shown | None:
    return next(iter(pictures_of(page, SHARED)), None)


def absolute(path: str) -> str:
    return path if "://" in path else f"{settings.BASE_URL}{path}"


def product_facts(page: ProductPage, now: ProductNow, brand: str) -> dict[str, Any]:
    """schema.org's Product. Prices are those that everybody pays."""
    return {
        "@context": "https://schema.org/",
        "@type": "Product",
        "name": page.title,
        "description": page.search_description or page.summary,
        "image": [absolute(picture.url) for picture in now.pictures],
        "url": page.full_url,
        "brand": {"@type": "Organization", "name": brand},
        "offers": [_offer(page, choice) for choice in now.choices],
    }


def _offer(page: ProductPage, choice: Choice) -> dict[str, Any]:
    offer = {
        "@type": "Offer",
        "sku": choice.variant.sku,
        "name": choice.name or page.title,
        "url": page.full_url,
        "price": plain(choice.price, page.currency),
        "priceCurrency": page.currency,
        "availability": f"https://schema.org/{_availability(choice)}",
        "itemCondition": "https://schema.org/NewCondition",
    }
    if choice.before is not None and choice.variant.sale_ends:
        offer["priceValidUntil"] = choice.variant.sale_ends.date().isoformat()
    return offer


def _availability(choice: Choice) -> str:
    if choice.left is None:
        return "MadeToOrder"
    return "OutOfStock" if choice.is_sold_out else "InStock"


def trail_facts(crumbs: Iterable[tuple[str, str]], page: Page) -> dict[str, Any]:
    """schema.org's BreadcrumbList: names and paths of what lies above, then the page itself."""
    trail = [*crumbs, (page.title, page.get_url() or "")]
    return {
        "@context": "https://schema.org/",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": name, "item": absolute(path)}
            for place, (name, path) in enumerate(trail, start=1)
        ],
    }
