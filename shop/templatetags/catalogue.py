from __future__ import annotations

from typing import Any

from django import template
from django.utils import timezone

from pages.sharing import absolute, as_script, trail_facts
from receipts.money import plain
from shop.catalogue.listing import Listing, listing
from shop.catalogue.sharing import product_facts, share_picture
from shop.catalogue.showing import ProductNow, crumbs_of, product_now
from shop.models import ProductPage, ShopPage

register = template.Library()
REMEMBERED = "_shop_product_now"


@register.simple_tag(takes_context=True)
def shop_listing(context: dict[str, Any], page: ShopPage) -> Listing:
    """`{% shop_listing page as listing %}`: what the shop's front shows to this request, now."""
    return listing(page, context["request"], timezone.now())


@register.simple_tag(takes_context=True)
def shop_product(context: dict[str, Any], page: ProductPage) -> ProductNow:
    """`{% shop_product page as now %}`: all that a product's page shows beside its own text, now.

    Head and body of the page ask for it alike; the page remembers it from one to the other.
    """
    now: ProductNow | None = page.__dict__.get(REMEMBERED)
    if now is None:
        now = page.__dict__[REMEMBERED] = product_now(page, context["request"], timezone.now())
    return now


@register.simple_tag(takes_context=True)
def product_share(context: dict[str, Any], page: ProductPage, now: ProductNow) -> dict[str, Any]:
    """What stands in the page's head for search engines and messengers."""
    crumbs = [(name, path) for name, path in crumbs_of(page, now)]
    facts = product_facts(page, now, context["brand"].name)
    return {
        "picture": (picture := share_picture(page)),
        "picture_url": absolute(picture.url) if picture else "",
        "price": plain(now.least.price, page.currency) if now.least else "",
        "scripts": [as_script(facts), as_script(trail_facts(crumbs, page))],
    }


@register.simple_tag
def product_crumbs(page: ProductPage, now: ProductNow) -> list[tuple[str, str]]:
    return crumbs_of(page, now)
