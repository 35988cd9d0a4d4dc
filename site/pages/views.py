from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import condition, require_safe
from wagtail.contrib.sitemaps import Sitemap
from wagtail.contrib.sitemaps.views import sitemap as wagtail_sitemap
from wagtail.models import Page

from pages.colours import stylesheet
from pages.context import brand_of
from pages.gated_pages import find_gated, public
from pages.searching import LONGEST, safe_search


class PublicPages(Sitemap):
    def items(self) -> Any:
        return public(super().items())


def _brand_etag(request: HttpRequest) -> str:
    brand = brand_of(request)
    return f'"{brand.primary_colour}{brand.accent_colour}"'


@require_safe
@condition(etag_func=_brand_etag)
def brand_css(request: HttpRequest) -> HttpResponse:
    """The two brand colours and what follows from them, as custom properties: no page needs an inline style."""
    brand = brand_of(request)
    css = stylesheet(primary=brand.primary_colour, accent=brand.accent_colour)
    return HttpResponse(css, content_type="text/css; charset=utf-8", headers={"Cache-Control": "public, max-age=300"})


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "")
    found = Paginator(safe_search(public(Page.objects.live()), text), 10).get_page(request.GET.get("p"))
    context = {"text": text[:LONGEST], "page": found, "gated": find_gated(text) if found.number == 1 else []}
    return render(request, "pages/search.html", context)


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    return wagtail_sitemap(request, sitemaps={"pages": PublicPages(request)})


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    return render(request, "robots.txt", {"base_url": settings.BASE_URL}, content_type="text/plain; charset=utf-8")


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Up, and the database answers. Says nothing else: anybody may ask."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain", headers={"Cache-Control": "no-store"})
