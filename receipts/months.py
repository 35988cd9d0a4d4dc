"""Accounting months: integers such as 202611, in the organisation's time zone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Max

from receipts.models import ClosedMonth


def month_of(moment: datetime | date) -> int:
    """The month a moment falls in, where the organisation keeps its books."""
    if isinstance(moment, datetime):
        moment = moment.astimezone(ZoneInfo(settings.TIME_ZONE))
    return moment.year * 100 + moment.month


def day_of(moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def first_moment(month: int) -> datetime:
    """When a month begins where the organisation is."""
    return datetime.combine(date(month // 100, month % 100, 1), time.min, tzinfo=ZoneInfo(settings.TIME_ZONE))


def next_month(month: int) -> int:
    return month + 89 if month % 100 == 12 else month + 1


def months(start: int, end: int) -> Iterator[int]:
    """Every month from `start` up to, but not including, `end`."""
    while start < end:
        yield start
        start = next_month(start)


def last_closed_month() -> int | None:
    last: int | None = ClosedMonth.objects.aggregate(last=Max("month"))["last"]
    return last


def first_open_month(moment: datetime) -> int:
    """The month in which something that happened then is booked: its own, or the first one still open."""
    closed, own = last_closed_month(), month_of(moment)
    return next_month(closed) if closed and closed >= own else own
