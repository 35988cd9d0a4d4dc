"""Makers' pages: who is not shown today does not exist. No cache keeps them, and no link tells where one came from."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from pages.gates import keep_out_of_caches
from shop.catalogue.cards import cards_of
from shop.makers.public_figures import paid_by_year
from shop.makers.showing import everybody_shown, shown_by_slug
from shop.models import MakerSettings, ProductPage

SHOWN_PRODUCTS = 24


@require_safe
def makers(request: HttpRequest) -> HttpResponse:
    figures = paid_by_year(timezone.localdate()) if MakerSettings.load().shows_paid_to_makers else []
    total = sum(figure.amount for figure in figures)
    context = {"makers": everybody_shown(), "figures": figures, "total": total}
    return _careful(render(request, "shop/makers/makers.html", context))


@require_safe
def maker(request: HttpRequest, slug: str) -> HttpResponse:
    found = shown_by_slug(slug)
    if found is None:
        raise Http404
    products = ProductPage.objects.live().public().filter(maker=found.id).order_by("title", "pk")
    cards = cards_of(list(products.values_list("pk", flat=True)[:SHOWN_PRODUCTS]), request, timezone.now())
    return _careful(render(request, "shop/makers/maker.html", {"maker": found, "cards": cards}))


def _careful(response: HttpResponse) -> HttpResponse:
    keep_out_of_caches(response)
    response["Referrer-Policy"] = "no-referrer"
    # Search engines may find it, and must not keep a copy that outlives the consent.
    response["X-Robots-Tag"] = "noarchive, noimageindex"
    return response
