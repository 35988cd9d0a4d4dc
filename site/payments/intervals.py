"""How often a subscription is paid: our words, and what Stripe calls them."""

from __future__ import annotations

from typing import Any

# Payments in a year, for each interval that can be chosen.
PER_YEAR = {"month": 12, "quarter": 4, "year": 1}
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
