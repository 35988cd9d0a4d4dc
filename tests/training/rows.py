"""Courses, events and sessions to test with."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from wagtail.models import Page

from training.models import CoursePage, EventPage, Meeting, Session, Ticket, TrainingIndexPage, TrainingPage


def make_index(parent: Page) -> TrainingIndexPage:
    index: TrainingIndexPage = parent.add_child(instance=TrainingIndexPage(title="Training", slug="training"))
    return index


def make_course(index: TrainingIndexPage, title: str = "Sewing for a living", **fields: Any) -> CoursePage:
    course: CoursePage = index.add_child(
        instance=CoursePage(title=title, **{"summary": f"{title}, over four evenings.", "hours": "12.0", **fields})
    )
    return course


def make_event(index: TrainingIndexPage, title: str = "Lantern gala", **fields: Any) -> EventPage:
    event: EventPage = index.add_child(
        instance=EventPage(title=title, **{"summary": f"{title}, with dinner.", "kind": "gala", **fields})
    )
    return event


def make_session(
    page: TrainingPage,
    *,
    seats: int = 5,
    price: int = 9000,
    starts_at: datetime | None = None,
    days: int = 1,
    ticket: dict[str, Any] | None = None,
    **fields: Any,
) -> Session:
    """An open session with one ticket, a month from now, of so many meetings of two hours, a week apart."""
    begins = starts_at or timezone.now() + timedelta(days=30)
    ends = begins + timedelta(weeks=days - 1, hours=2)
    session = Session.objects.create(
        page_id=page.pk,
        seats=seats,
        starts_at=begins,
        ends_at=ends,
        **{"state": Session.State.OPEN, "time_zone": "America/New_York", "place": "Portland, Oregon", **fields},
    )
    for week in range(days):
        start = begins + timedelta(weeks=week)
        Meeting.objects.create(session=session, starts_at=start, ends_at=start + timedelta(hours=2))
    make_ticket(session, price=price, **(ticket or {}))
    return session


def make_ticket(session: Session, **fields: Any) -> Ticket:
    return Ticket.objects.create(session=session, **{"name": "Seat", "price": 9000, **fields})
