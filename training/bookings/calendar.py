"""The calendar file of booked seats. Moments are in UTC, so that no calendar can be wrong about a zone.

A calendar knows a meeting by its place in the session: what was moved or cancelled is told with a higher number, and
replaces what was fetched before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.conf import settings
from icalendar import Calendar, Event

from training.bookings.mails import where
from training.models import Enrolment, Session

PRODUCT = "-//Steadfast//Training//EN"


def calendar_of(seats: Iterable[Enrolment], at: datetime) -> bytes:
    """Every meeting of these seats' sessions once, also of those that were given up, moved from or cancelled."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    theirs: dict[int, tuple[Session, bool]] = {}
    for seat in seats:
        if seat.moved_from:
            theirs.setdefault(seat.moved_from.pk, (seat.moved_from, False))
    for seat in seats:
        takes_place = seat.is_confirmed and seat.session.state == Session.State.OPEN
        had = theirs.get(seat.session_id, (seat.session, False))[1]
        if seat.is_confirmed or seat.state == Enrolment.State.CANCELLED:
            theirs[seat.session_id] = (seat.session, takes_place or had)
    for session, takes_place in theirs.values():
        for event in _events(session, takes_place=takes_place, at=at):
            calendar.add_component(event)
    ical: bytes = calendar.to_ical()
    return ical


def _events(session: Session, *, takes_place: bool, at: datetime) -> Iterator[Event]:
    host = urlsplit(settings.BASE_URL).hostname or ""
    for position, meeting in enumerate(session.meetings.all(), start=1):
        event = Event()
        event.add("uid", f"{session.public_id}-{position}@{host}")
        event.add("dtstamp", at)
        event.add("dtstart", meeting.starts_at.astimezone(UTC))
        event.add("dtend", meeting.ends_at.astimezone(UTC))
        event.add("summary", ": ".join(part for part in (session.page.title, meeting.topic) if part))
        event.add("sequence", session.revision if takes_place else session.revision + 1)
        event.add("status", "CONFIRMED" if takes_place else "CANCELLED")
        if takes_place:
            # Where exactly is for people with a seat.
            event.add("location", where(session))
        yield event
