"""Which courses and events there are for everybody, with their sessions: two queries, and one for all tickets."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet
from django.http import HttpRequest
from wagtail.models import Page

from pages.gated_pages import public
from pages.searching import words_of
from training.catalogue.runs import Run, runs_of
from training.models import CoursePage, EventPage, Session, TrainingPage, WaitingEntry


@dataclass(frozen=True, kw_only=True)
class Offered:
    """A course or an event, without its text."""

    pk: int
    title: str
    summary: str
    url_path: str
    picture: int | None
    picture_alt: str
    # Of ``EventPage.Kind``, or "course".
    kind: str
    # Of ``CoursePage.Level``; empty for an event.
    level: str
    # To come or over.
    has_dates: bool

    @property
    def kind_label(self) -> str:
        return KINDS[self.kind]

    def get_url(self, request: HttpRequest | None) -> str:
        return Page(pk=self.pk, url_path=self.url_path).get_url(request) or ""


KINDS: dict[str, str] = {"course": "Course", **{str(kind): str(label) for kind, label in EventPage.Kind.choices}}
LEVELS: dict[str, str] = {str(level): str(label) for level, label in CoursePage.Level.choices}


def offered_pages(parent: Page | None, request: HttpRequest | None, text: str = "") -> list[Offered]:
    """Live and kept for nobody; below ``parent``, or anywhere."""
    pages: Any = public(TrainingPage.objects.live(), request)
    if parent is not None:
        pages = pages.child_of(parent)
    if text:
        words = words_of(text)
        found = TrainingPage.objects.all().search(" ".join(words), operator="and", order_by_relevance=False)
        pages = pages.filter(pk__in=found.get_queryset().order_by().values("pk")) if words else pages.none()
    held = Session.objects.filter(page=OuterRef("pk"), state=Session.State.OPEN, ends_at__isnull=False)
    rows = pages.annotate(has_dates=Exists(held)).order_by("title", "pk").values(
        "pk", "title", "summary", "url_path", "picture_id", "picture_alt", "has_dates", level=F("coursepage__level"),
        kind=F("eventpage__kind"),
    )  # fmt: skip
    return [_offered(row) for row in rows]


def _offered(row: dict[str, Any]) -> Offered:
    kind, level = row.pop("kind") or "course", row.pop("level") or ""
    return Offered(picture=row.pop("picture_id"), kind=kind, level=level, **row)


def runs_at(sessions: QuerySet[Session], at: datetime) -> list[Run]:
    """These sessions with what is left of them, two queries for any number."""
    waiting = WaitingEntry.objects.filter(session=OuterRef("pk"), state=WaitingEntry.State.WAITING)
    rows = list(sessions.select_related("page").prefetch_related("tickets").annotate(has_line=Exists(waiting)))
    return runs_of(rows, {session.pk for session in rows if session.has_line}, at)


def open_sessions(pages: Collection[int], at: datetime, *, past: bool) -> QuerySet[Session]:
    sessions = Session.objects.filter(page__in=list(pages), state=Session.State.OPEN)
    return sessions.filter(ends_at__lte=at).order_by("-starts_at", "pk") if past else sessions.upcoming(at)
