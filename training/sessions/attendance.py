"""Saying who was there, on one day of a session."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from training.models import Attendance, Enrolment, Meeting

# There, not there, or nobody has said.
Mark = bool | None


def marks_of(meeting: Meeting) -> dict[int, bool]:
    """By the key of the enrolment."""
    return dict(Attendance.objects.filter(meeting=meeting).values_list("enrolment", "was_there"))


@transaction.atomic
def mark(meeting: Meeting, said: Mapping[int, Mark], by: Any = None) -> dict[int, Mark]:
    """Write down who was there (by the key of their enrolment; None: nobody has said). Who has no seat is left out.

    Returns what stood there before of those that changed, so that it can be undone.
    """
    seats = Enrolment.objects.confirmed().filter(session=meeting.session_id, pk__in=said)
    booked = set(seats.values_list("pk", flat=True))
    before = marks_of(meeting)
    changed = {pk: was_there for pk, was_there in said.items() if pk in booked and before.get(pk) != was_there}
    unsaid = [pk for pk, was_there in changed.items() if was_there is None]
    Attendance.objects.filter(meeting=meeting, enrolment__in=unsaid).delete()
    now = timezone.now()
    Attendance.objects.bulk_create(
        [
            Attendance(enrolment_id=pk, meeting=meeting, was_there=was_there, marked_by=by, marked_at=now)
            for pk, was_there in changed.items()
            if was_there is not None
        ],
        update_conflicts=True,
        unique_fields=["enrolment", "meeting"],
        update_fields=["was_there", "marked_by", "marked_at"],
    )
    return {pk: before.get(pk) for pk in changed}


def has_begun(meeting: Meeting) -> bool:
    """From the first minute of its day on, by its own clocks: a trainer prepares before people come."""
    local = meeting.session.local
    return local(meeting.starts_at).date() <= local(timezone.now()).date()
