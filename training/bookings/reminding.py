"""Reminders a day and an hour before each meeting: once each, to who takes part, else to who booked."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from training.bookings import mails
from training.bookings.wording import said
from training.models import Booking, Enrolment, Meeting, Reminder, Session

Kind = Reminder.Kind
AHEAD = {Kind.DAY: timedelta(days=1), Kind.HOUR: timedelta(hours=1)}


def remind_all() -> int:
    """The scheduled job. Returns how many reminders were sent."""
    now = timezone.now()
    return sum(_remind(kind, now) for kind in AHEAD)


def _remind(kind: str, now: datetime) -> int:
    # Within the last hour, the reminder of a day before says nothing new.
    least = AHEAD[Kind.HOUR] if kind == Kind.DAY else timedelta()
    soon = Meeting.objects.filter(starts_at__gt=now + least, starts_at__lte=now + AHEAD[Kind(kind)])
    return sum(_remind_of(meeting, kind) for meeting in soon.filter(session__state=Session.State.OPEN))


def _remind_of(meeting: Meeting, kind: str) -> int:
    """Who booked after that moment has just read when it is."""
    told = Reminder.objects.filter(meeting=meeting, kind=kind).values("enrolment")
    seats = Enrolment.objects.confirmed().filter(
        session=meeting.session_id, confirmed_at__lt=meeting.starts_at - AHEAD[Kind(kind)]
    )
    untold = seats.exclude(pk__in=told).select_related("booking__payer", "ticket", "session__page")
    return sum(_send(meeting, kind, booking, mine) for booking, mine in mails.by_reader(untold, only_who_comes=True))


def _send(meeting: Meeting, kind: str, booking: Booking | None, seats: list[Enrolment]) -> bool:
    try:
        with transaction.atomic():
            Reminder.objects.bulk_create(Reminder(enrolment=seat, meeting=meeting, kind=kind) for seat in seats)
            mails.reminder(booking, seats, said(kind))
    except IntegrityError:
        # Another worker was faster.
        return False
    return True
