"""What every template may use: brand, menu and the two warnings."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from wagtail.models import Page, Site

from pages.models import Brand


def site_chrome(request: HttpRequest) -> dict[str, Any]:
    """Lazy, because mails, PDFs and error pages ask for nothing of it."""
    return {
        "brand": SimpleLazyObject(lambda: brand_of(request)),
        "menu": SimpleLazyObject(lambda: menu_of(request)),
        "sandbox_banner": settings.STRIPE_MODE == "sandbox",
        "demo": settings.DEMO,
    }


def brand_of(request: HttpRequest) -> Brand:
    """The site's brand; an unsaved one with the defaults where none is set up yet."""
    site = Site.find_for_request(request)
    if site is None:
        return Brand()
    brand: Brand = Brand.for_request(request)
    return brand


def menu_of(request: HttpRequest) -> list[Page]:
    site = Site.find_for_request(request)
    if site is None:
        return []
    return list(Page.objects.child_of(site.root_page).live().public().in_menu().order_by("path"))
