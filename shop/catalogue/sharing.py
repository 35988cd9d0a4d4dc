"""A product as search engines and messengers read it: schema.org's words and a picture of the right shape."""

from __future__ import annotations

from typing import Any

from pages.pictures import Shown
from pages.sharing import SHARED, absolute
from receipts.money import plain
from shop.catalogue.showing import Choice, ProductNow, pictures_of
from shop.models import ProductPage


def share_picture(page: ProductPage) -> Shown | None:
    return next(iter(pictures_of(page, SHARED)), None)


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
