"""Seats that somebody has, without a checkout."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from training.models import Attendance, Enrolment, Session
from training.seats.taking import take


def a_seat(session: Session, name: str = "Tess Tanaka", **fields: Any) -> Enrolment:
    """A confirmed seat that nobody paid for."""
    ticket = session.tickets.order_by("pk")[0]
    take({ticket.pk: 1}, from_the_line=True)
    facts = {
        "state": Enrolment.State.CONFIRMED,
        "holds_seat": True,
        "confirmed_at": timezone.now(),
        "currency": "USD",
        "shown_as": name,
        "email": f"{name.split()[0].lower()}@example.org",
    }
    return Enrolment.objects.create(session=session, ticket=ticket, **{**facts, **fields})


def was_there(enrolment: Enrolment, days: int) -> None:
    """On the first so many days; on the others they were marked as missing."""
    for number, meeting in enumerate(enrolment.session.meetings.order_by("starts_at")):
        Attendance.objects.update_or_create(enrolment=enrolment, meeting=meeting, defaults={"was_there": number < days})
