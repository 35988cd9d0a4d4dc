"""The days of a session: its first start and its last end, and moments typed as its clocks show them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from django.db.models import Max, Min

from training.models import Meeting, Session


def follow_meetings(session: Session) -> None:
    """Set when a session begins and ends by its meetings. Call it in the transaction that changed them."""
    days = Meeting.objects.filter(session=session.pk).aggregate(starts=Min("starts_at"), ends=Max("ends_at"))
    session.starts_at, session.ends_at = days["starts"], days["ends"]
    Session.objects.filter(pk=session.pk).update(starts_at=session.starts_at, ends_at=session.ends_at)


def moments_of(day: date, clock: time, zone: ZoneInfo) -> Sequence[datetime]:
    """Which moments a clock in that zone shows so: none where it is put forward past them, two where it is put back."""
    typed = [datetime.combine(day, clock, tzinfo=zone).replace(fold=fold).astimezone(UTC) for fold in (0, 1)]
    shown = [one for one in typed if one.astimezone(zone).replace(tzinfo=None) == datetime.combine(day, clock)]
    return sorted(set(shown))
