"""Closing months."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from receipts.ledger.booking import BookingError
from receipts.models import ClosedMonth
from receipts.months import month_of


def close_month(month: int, by: Any = None, *, now: datetime | None = None) -> ClosedMonth:
    """Close a month and every one before it. What happened then and is learnt later goes into the first open month."""
    if month >= month_of(now or timezone.now()):
        raise BookingError("A month is closed when it is over.")
    closed, _ = ClosedMonth.objects.get_or_create(month=month, defaults={"closed_by": by})
    return closed
