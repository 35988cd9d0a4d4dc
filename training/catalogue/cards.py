"""Courses and events as the listing and blocks on pages show them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.http import HttpRequest

from pages.models import SiteImage
from pages.models.consents import Channel
from pages.pictures import Shown, agreed, show
from training.catalogue.finding import LEVELS, Offered
from training.catalogue.runs import Run

SIZES = ("fill-480x320|format-webp", "fill-960x640|format-webp")


@dataclass(frozen=True, kw_only=True)
class Card:
    title: str
    summary: str
    url: str
    kind: str
    level: str
    picture: Shown | None
    # The next session, or the last one of what is over; None where no date is known yet.
    run: Run | None
    # How many more there are.
    more: int


def cards_of(found: Sequence[tuple[Offered, list[Run]]], request: HttpRequest | None) -> list[Card]:
    """Two queries for all pictures."""
    pictures = pictures_of([page for page, _ in found])
    return [
        Card(
            title=page.title,
            summary=page.summary,
            url=page.get_url(request),
            kind=page.kind_label,
            level=LEVELS.get(page.level, ""),
            picture=pictures.get(page.pk),
            run=runs[0] if runs else None,
            more=max(len(runs) - 1, 0),
        )
        for page, runs in found
    ]


def pictures_of(pages: Collection[Offered]) -> dict[int, Shown]:
    """By page. Pictures of people only while they agree."""
    wanted = [page.picture for page in pages if page.picture]
    allowed = SiteImage.objects.filter(agreed(Channel.WEBSITE), pk__in=wanted)
    images = allowed.prefetch_renditions(*SIZES).in_bulk() if wanted else {}
    return {page.pk: show(images[page.picture], page.picture_alt, *SIZES) for page in pages if page.picture in images}
