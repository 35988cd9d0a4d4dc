"""Courses and events on any page: the next ones, of all kinds or of some."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone

from training.catalogue.asked import Asked
from training.catalogue.cards import cards_of
from training.catalogue.finding import offered_pages
from training.catalogue.listing import facts_of, in_order, runs_by_page
from training.models import TrainingIndexPage

USUAL, MOST = 3, 12


def render_upcoming(request: HttpRequest | None, reference: str, options: Mapping[str, str]) -> str:
    """Plain links: the page around it may be cached.

    ``kind=course`` or ``kind=webinar, walk`` narrows them down, ``number=6`` says how many.
    """
    index = TrainingIndexPage.objects.live().first()
    if index is None:
        return ""
    pages = offered_pages(index, request)
    runs = runs_by_page(pages, timezone.now(), past=False)
    kinds = tuple(kind.strip() for kind in options.get("kind", "").split(",") if kind.strip())
    asked = Asked(values={"kind": kinds} if kinds else {})
    dated = [(page, run) for page in pages for run in runs.get(page.pk, ()) if asked.fits(facts_of(page, run))]
    found = in_order(pages, dated, past=False)[: _number(options.get("number", ""))]
    context = {"cards": cards_of(found, request), "index": index}
    return render_to_string("training/upcoming_block.html", context, request=request) if found else ""


def _number(text: str) -> int:
    text = text.strip()
    return min(max(int(text), 1), MOST) if text.isascii() and text.isdigit() and len(text) < 4 else USUAL
