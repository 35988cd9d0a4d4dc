from __future__ import annotations

import re

from django.conf import settings
from django.core.files.storage import storages
from django.core.paginator import Paginator
from django.db import connection
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import condition, require_safe
from wagtail.models import Page

from pages.colours import stylesheet
from pages.context import brand_of
from pages.searching import LONGEST, safe_search

RENDITION = re.compile(r"images/[A-Za-z0-9_.-]+\.(webp|png|jpe?g|gif|avif)\Z")
# Written down, because a bare machine's list of types may not know them and nosniff forbids guessing.
TYPES = {"webp": "image/webp", "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif"}
YEAR = 31_536_000


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
def rendition(request: HttpRequest, name: str) -> HttpResponse | FileResponse:
    """Serve what Wagtail drew for the public, and nothing else that may ever lie in the media root."""
    known = RENDITION.match(name)
    if known is None:
        raise Http404
    try:
        file = storages["default"].open(name)
    except FileNotFoundError as error:
        raise Http404 from error
    return FileResponse(
        file,
        content_type=TYPES.get(known[1], "image/avif"),
        headers={
            "Cache-Control": f"public, max-age={YEAR}, immutable",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'",
        },
    )


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "")
    found = Paginator(safe_search(Page.objects.live().public(), text), 10).get_page(request.GET.get("p"))
    return render(request, "pages/search.html", {"text": text[:LONGEST], "page": found})


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    return render(request, "robots.txt", {"base_url": settings.BASE_URL}, content_type="text/plain; charset=utf-8")


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Up, and the database answers. Says nothing else: anybody may ask."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain", headers={"Cache-Control": "no-store"})
