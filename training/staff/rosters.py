"""Who takes part in a session, under the names on lists alone: a row for the page, the sheet and the export alike.

A seat that is not confirmed says no more than that, and not whose it is: a checkout is over in minutes, so a name that
stays unconfirmed for days would be that of somebody who has asked for a bursary.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from training.models import Attendance, Enrolment, Meeting, Session

NOT_NAMED, SOMEBODY = "Not named yet", "Somebody"
BOOKED, NOT_CONFIRMED = "Booked", "Not confirmed yet"
THERE = {True: "There", False: "Not there", None: ""}


@dataclass(frozen=True, kw_only=True)
class RosterRow:
    enrolment: Enrolment
    name: str
    ticket: str
    state: str
    # For each day in the order of the session's: there, not there, or nobody has said.
    marks: Sequence[bool | None]

    @property
    def is_booked(self) -> bool:
        return self.state == BOOKED

    @property
    def days(self) -> list[str]:
        return [THERE[mark] for mark in self.marks]


def roster_of(session: Session, meetings: Sequence[Meeting]) -> list[RosterRow]:
    """By name, those that say none last. Two queries, however many take part."""
    seats = session.enrolments.filter(state__in=Enrolment.HAS_SEAT, holds_seat=True).select_related("ticket")
    said = Attendance.objects.filter(enrolment__session=session.pk).values_list("enrolment", "meeting", "was_there")
    marks = {(enrolment, meeting): was_there for enrolment, meeting, was_there in said}
    rows = [
        RosterRow(
            enrolment=seat,
            name=(seat.shown_as or NOT_NAMED) if seat.is_confirmed else SOMEBODY,
            ticket=seat.ticket.name,
            state=BOOKED if seat.is_confirmed else NOT_CONFIRMED,
            marks=[marks.get((seat.pk, meeting.pk)) for meeting in meetings],
        )
        for seat in seats
    ]
    return sorted(rows, key=lambda row: (row.name in (NOT_NAMED, SOMEBODY), row.name.casefold(), row.enrolment.pk))
