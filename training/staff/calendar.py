"""The sessions of a month, each on the day that its own clocks show."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.http import Http404
from django.utils import timezone

from receipts.months import month_of, next_month
from training.models import Meeting, Session
from training.staff.pages import TrainingPage
from training.staff.rows import title_of
from training.staff.seen import TEACH, VIEW, sessions_for

# No zone is further from Greenwich.
A_DAY_OR_SO = timedelta(hours=15)
FIRST, LAST = 200001, 209912


@dataclass(kw_only=True)
class Shown:
    """A meeting in its square."""

    session: Session
    title: str
    time: str


@dataclass(kw_only=True)
class Square:
    day: date
    is_of_month: bool
    is_today: bool
    meetings: list[Shown] = field(default_factory=list)


def month_page(user: Any, month: int, today: date) -> list[list[Square]]:
    """Weeks from Monday on, as rows. One query, whatever there is."""
    weeks = calendar.Calendar().monthdatescalendar(month // 100, month % 100)
    days = [day for week in weeks for day in week]
    squares = {day: Square(day=day, is_of_month=month_of(day) == month, is_today=day == today) for day in days}
    for meeting in _meetings(user, days[0], days[-1]):
        local = meeting.session.local(meeting.starts_at)
        if square := squares.get(local.date()):
            shown = Shown(
                session=meeting.session, title=title_of(meeting.session), time=f"{local:%H:%M} {local.tzname()}"
            )
            square.meetings.append(shown)
    return [[squares[day] for day in week] for week in weeks]


def _meetings(user: Any, first: date, last: date) -> Any:
    begins, ends = (datetime.combine(day, time(), tzinfo=UTC) for day in (first, last + timedelta(days=1)))
    around = Meeting.objects.filter(starts_at__gte=begins - A_DAY_OR_SO, starts_at__lt=ends + A_DAY_OR_SO)
    mine = around.filter(session__in=sessions_for(user).order_by().values("pk"))
    return mine.select_related("session__page").order_by("starts_at", "pk")


class CalendarView(TrainingPage):
    any_of = (VIEW, TEACH)
    template_name = "training/staff/calendar.html"
    page_title = "Calendar"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        month = self.asked()
        first = date(month // 100, month % 100, 1)
        return super().get_context_data(
            weeks=month_page(self.request.user, month, timezone.localdate()),
            first=first,
            before=first - timedelta(days=1),
            after=date(next_month(month) // 100, next_month(month) % 100, 1),
            is_now=month == month_of(timezone.localdate()),
            weekdays=list(calendar.day_name),
            **kwargs,
        )

    def asked(self) -> int:
        text = self.request.GET.get("month", "")
        if not text:
            return month_of(timezone.localdate())
        try:
            month = month_of(datetime.strptime(text[:10], "%Y-%m").date())
        except ValueError as error:
            raise Http404 from error
        if not FIRST <= month <= LAST:
            raise Http404
        return month
