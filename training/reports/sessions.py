"""Seats, people and money of sessions: a row for each that began in a period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from receipts.months import first_moment
from training.models import Attendance, Enrolment, Session
from training.reports.money import SessionMoney, money_of

# Of fewer people than these it would be told of persons what they did.
LEAST = 5


@dataclass(frozen=True, kw_only=True)
class SessionRow:
    """``came`` and ``completed`` are None where fewer than five had a seat."""

    pk: int
    title: str
    starts_at: datetime
    state: str
    seats: int
    booked: int
    came: int | None
    completed: int | None
    money: SessionMoney

    @property
    def fill_rate(self) -> int:
        """In tenths of a percent, halves up."""
        return (1000 * self.booked + self.seats // 2) // self.seats


@dataclass(frozen=True, kw_only=True)
class SessionsReport:
    currency: str
    as_of: datetime | None
    rows: list[SessionRow]

    @property
    def total(self) -> SessionRow | None:
        """Of those that were not cancelled, but all money. People are summed where they are told."""
        held = [row for row in self.rows if row.state != Session.State.CANCELLED]
        if not held:
            return None
        return SessionRow(
            pk=0,
            title="Total",
            starts_at=held[0].starts_at,
            state="",
            seats=sum(row.seats for row in held),
            booked=sum(row.booked for row in held),
            came=sum(row.came or 0 for row in held),
            completed=sum(row.completed or 0 for row in held),
            money=SessionMoney(
                earned=sum(row.money.earned for row in self.rows),
                gifts=sum(row.money.gifts for row in self.rows),
                cost=sum(row.money.cost for row in self.rows),
            ),
        )


def sessions_report(start: int, end: int, as_of: datetime | None = None) -> SessionsReport:
    """Of the sessions that begin in the months from ``start`` up to, but not including, ``end``.

    People and money are as they were known at that moment; seats and times as they are now.
    """
    began = Session.objects.shown().filter(starts_at__gte=first_moment(start), starts_at__lt=first_moment(end))
    sessions = list(began.select_related("page").order_by("starts_at", "pk"))
    people, money = _people(began, as_of), money_of([session.pk for session in sessions], as_of)
    rows = [_row(session, *people.get(session.pk, (0, 0, 0)), money[session.pk]) for session in sessions]
    return SessionsReport(currency=settings.REPORTING_CURRENCY, as_of=as_of, rows=rows)


def _row(session: Session, booked: int, came: int, completed: int, money: SessionMoney) -> SessionRow:
    assert session.starts_at is not None  # noqa: S101 — it was asked for
    is_told = booked >= LEAST
    return SessionRow(
        pk=session.pk,
        title=", ".join(part for part in (session.page.title, session.name) if part),
        starts_at=session.local(session.starts_at),
        state=session.state,
        seats=session.seats,
        booked=booked,
        came=came if is_told else None,
        completed=completed if is_told else None,
        money=money,
    )


def _people(sessions: QuerySet[Session], as_of: datetime | None) -> dict[int, tuple[int, int, int]]:
    """Booked, came on a day at least, completed: by the key of the session; one query."""
    seats = Enrolment.objects.filter(session__in=sessions, confirmed_at__isnull=False)
    there = Attendance.objects.filter(enrolment=OuterRef("pk"), was_there=True)
    done = Q(completed_at__isnull=False)
    if as_of is None:
        seats = seats.confirmed()
    else:
        seats = seats.filter(Q(cancelled_at=None) | Q(cancelled_at__gt=as_of), confirmed_at__lte=as_of)
        there, done = there.filter(marked_at__lte=as_of), Q(completed_at__lte=as_of)
    counts = (
        seats.annotate(came=Exists(there))
        .order_by()
        .values_list("session")
        .annotate(Count("pk"), there=Count("pk", filter=Q(came=True)), done=Count("pk", filter=done))
    )
    return {session: (booked, came, completed) for session, booked, came, completed in counts}
