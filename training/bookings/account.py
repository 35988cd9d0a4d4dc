""" "Courses and events" on the account page: what was booked, when it is. Each leads to its own page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import HttpRequest

from accounts.sections import AccountSection
from receipts.account import payers_of
from training.bookings.access import belongs_to
from training.bookings.links import booking_path, seat_path
from training.bookings.shown import state_of
from training.models import Enrolment
from training.sessions.times import days_of

SHOWN = 50
State = Enrolment.State


@dataclass(frozen=True, kw_only=True)
class SeatRow:
    what: str
    when: str
    more_days: int
    seats: int
    colour: str
    state: str
    path: str


def section(request: HttpRequest) -> AccountSection | None:
    rows = rows_of(request.user)
    if not rows:
        return None
    return AccountSection(
        order=27, title="Courses and events", template_name="training/bookings/account.html", context={"rows": rows}
    )


def rows_of(user: Any) -> list[SeatRow]:
    """One row for each session of a booking, and one for each seat that somebody else booked; the latest first."""
    paid = Q(booking__payer__in=payers_of(user), application=None)
    mine = Enrolment.objects.filter(paid | belongs_to(user)).exclude(state__in=[State.HELD, State.LAPSED])
    found = mine.select_related("session__page", "ticket", "booking__payer").prefetch_related("session__meetings")
    together: dict[tuple[Any, ...], list[Enrolment]] = {}
    own_payers = set(payers_of(user).values_list("pk", flat=True))
    for seat in found.order_by("-session__starts_at", "-pk").distinct()[:SHOWN]:
        is_payers = seat.booking is not None and seat.booking.payer_id in own_payers
        key = (seat.booking_id, seat.session_id, seat.state) if is_payers else (None, seat.pk)
        together.setdefault(key, []).append(seat)
    return [_row(seats, is_payers=key[0] is not None) for key, seats in together.items()]


def _row(seats: list[Enrolment], *, is_payers: bool) -> SeatRow:
    seat = seats[0]
    colour, state = state_of(seat)
    days = days_of(seat.session)
    return SeatRow(
        what=seat.session.page.title,
        when=days[0].words if days else "",
        more_days=max(len(days) - 1, 0),
        seats=len(seats),
        colour=colour,
        state=state,
        path=booking_path(seat.booking) if is_payers and seat.booking else seat_path(seat),
    )
