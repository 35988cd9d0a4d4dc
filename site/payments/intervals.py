"""How often a subscription is paid: our words, and what Stripe calls them."""

from __future__ import annotations

import calendar
from datetime import datetime
from typing import Any

# Payments in a year, for each interval that can be chosen.
PER_YEAR = {"month": 12, "quarter": 4, "year": 1}
MONTHS = {"month": 1, "quarter": 3, "year": 12}
# Stripe knows days, weeks, months and years, and counts them.
STRIPE = {"month": ("month", 1), "quarter": ("month", 3), "year": ("year", 1)}


def recurring(interval: str) -> dict[str, Any]:
    """What a price at Stripe says of this interval."""
    unit, count = STRIPE[interval]
    return {"interval": unit, "interval_count": count}


def interval_of(unit: str, count: int) -> str:
    """Our word for what a price at Stripe says; empty for one that we do not offer."""
    months = {"month": count, "year": 12 * count}.get(unit)
    return {1: "month", 3: "quarter", 12: "year"}.get(months or 0, "")


def yearly(amount: int, interval: str) -> int:
    """What payments of ``amount`` come to in a year, in the same minor units."""
    return amount * PER_YEAR[interval]


def add_months(moment: datetime, count: int) -> datetime:
    """The same day of another month, or its last one."""
    months = moment.month - 1 + count
    year, month = moment.year + months // 12, months % 12 + 1
    day = min(moment.day, calendar.monthrange(year, month)[1])
    return moment.replace(year=year, month=month, day=day)


def due_before(due: datetime, interval: str, until: datetime) -> list[datetime]:
    """The payments that fall due from ``due`` on and before ``until``, of an interval that we offer."""
    moments: list[datetime] = []
    while (moment := add_months(due, len(moments) * MONTHS[interval])) < until:
        moments.append(moment)
    return moments


def first_due_from(due: datetime, interval: str, start: datetime) -> datetime:
    """The first payment at or after ``start``, where payments fall due at ``due`` and every interval after it."""
    return add_months(due, len(due_before(due, interval, start)) * MONTHS[interval])
