"""What every template may use: brand, menus and the two warnings."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from wagtail import hooks
from wagtail.models import Page, Site

from pages.gated_pages import public
from pages.models import Brand


def site_chrome(request: HttpRequest) -> dict[str, Any]:
    """Lazy, because mails, PDFs and error pages ask for nothing of it."""
    pages = cache(lambda: top_pages(request))
    return {
        "brand": SimpleLazyObject(lambda: brand_of(request)),
        "menu": SimpleLazyObject(lambda: [page for page in pages() if page.show_in_menus]),
        "footer_menu": SimpleLazyObject(pages),
        # What the offerings add to the menu for this visitor, such as a basket: safe HTML, without the list item.
        "header_links": SimpleLazyObject(lambda: links_of(request)),
        "sandbox_banner": settings.STRIPE_MODE == "sandbox",
        "demo": settings.DEMO,
    }


def links_of(request: HttpRequest) -> list[str]:
    return [html for link in hooks.get_hooks("header_links") if (html := link(request))]


def brand_of(request: HttpRequest) -> Brand:
    """The site's brand; an unsaved one with the defaults where none is set up yet."""
    if Site.find_for_request(request) is None:
        return Brand()
    brand: Brand = Brand.for_request(request)
    return brand


def top_pages(request: HttpRequest) -> list[Page]:
    """The public pages right below the home page: the footer lists all, the menu those marked for it."""
    site = Site.find_for_request(request)
    if site is None:
        return []
    return list(public(Page.objects.child_of(site.root_page).live(), request).order_by("path"))
