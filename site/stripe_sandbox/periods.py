"""Billing periods: counted from the anchor, so that 31 January is followed by 28 February and then 31 March."""

from __future__ import annotations

import calendar
from datetime import UTC, datetime, timedelta

from stripe_sandbox.store import Json

MONTHS = {"month": 1, "year": 12}
DAYS = {"day": 1, "week": 7}


def step(anchor: int, recurring: Json, count: int) -> int:
    """The end of the ``count``-th period after the anchor."""
    start = datetime.fromtimestamp(anchor, UTC)
    length = recurring["interval_count"] * count
    if recurring["interval"] in DAYS:
        return int((start + timedelta(days=DAYS[recurring["interval"]] * length)).timestamp())
    months = start.month - 1 + MONTHS[recurring["interval"]] * length
    year, month = start.year + months // 12, months % 12 + 1
    day = min(start.day, calendar.monthrange(year, month)[1])
    return int(start.replace(year=year, month=month, day=day).timestamp())


def next_end(anchor: int, recurring: Json, after: int) -> int:
    """The first period end later than ``after``."""
    longest = {"day": 1, "week": 7, "month": 31, "year": 366}[recurring["interval"]] * recurring["interval_count"]
    count = max((after - anchor) // (longest * 86400), 0)
    while step(anchor, recurring, count) <= after:
        count += 1
    return step(anchor, recurring, count)
