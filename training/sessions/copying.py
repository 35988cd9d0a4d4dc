"""A session again on other days: same times on its clocks, same place, trainers, tickets and rules; a draft."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from training.models import Meeting, Session, Ticket, TicketMemberPrice
from training.sessions.meetings import follow_meetings, moments_of

SAME = (
    "page", "name", "language", "time_zone", "place", "address", "join_url", "is_online", "seats",
    "has_waiting_list", "offer_hours", "takes_applications",
)  # fmt: skip
SAME_OF_TICKETS = (
    "name", "detail", "price", "is_own_price", "lowest", "value", "quota", "is_offered", "order",
)  # fmt: skip


class NoSuchTime(Exception):
    """On one of the new days the clocks are put forward past its time. The text is a sentence for staff."""


@transaction.atomic
def copy_session(session: Session, first_day: date) -> Session:
    """Its first meeting on that day, the others as many days after it. Prices until a date are moved by as many days.

    Raises NoSuchTime.
    """
    copy = Session.objects.create(**{name: getattr(session, name) for name in SAME})
    copy.trainers.set(session.trainers.all())
    days = list(session.meetings.order_by("starts_at", "pk"))
    shift = first_day - session.local(days[0].starts_at).date() if days else timedelta()
    for day in days:
        starts, ends = (_shifted(session, moment, shift) for moment in (day.starts_at, day.ends_at))
        Meeting.objects.create(session=copy, starts_at=starts, ends_at=ends, topic=day.topic)
    follow_meetings(copy)
    for ticket in session.tickets.prefetch_related("member_prices"):
        _copy_ticket(ticket, copy, shift)
    return copy


def _shifted(session: Session, moment: datetime, shift: timedelta) -> datetime:
    local = session.local(moment)
    meant = moments_of(local.date() + shift, local.time(), session.zone)
    if not meant:
        day = local.date() + shift
        raise NoSuchTime(f"On {day:%-d %B %Y} the clocks are put forward past {local:%H:%M}. Choose another day.")
    return meant[min(local.fold, len(meant) - 1)]


def _copy_ticket(ticket: Ticket, session: Session, shift: timedelta) -> None:
    fields = {name: getattr(ticket, name) for name in SAME_OF_TICKETS}
    if ticket.early_price is not None and ticket.early_until is not None:
        fields |= {"early_price": ticket.early_price, "early_until": ticket.early_until + shift}
    copy = Ticket.objects.create(session=session, **fields)
    TicketMemberPrice.objects.bulk_create(
        TicketMemberPrice(ticket=copy, group_id=row.group_id, percent_off=row.percent_off)
        for row in ticket.member_prices.all()
    )
