"""What each supporter has given, out of the books, in one query: who was merged counts as who stands for them."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Case, F, Max, Min, Q, QuerySet, Sum, When
from django.db.models.functions import Coalesce

from receipts.chart import Account
from receipts.models import Entry

# What is given: a sale is none, and neither is dues' way through deferred income and back.
GIVEN = (Account.GIFTS, Account.DUES)
CAME = Q(credit__in=GIVEN) & ~Q(debit=Account.DEFERRED)
WENT_BACK = Q(debit__in=GIVEN, corrects__isnull=False)
# The day of a gift that was booked by mistake is nobody's last gift.
STANDS = Q(credit__in=GIVEN, corrects=None, transaction__reversed_by=None) & ~Q(debit=Account.DEFERRED)


def giving_by_supporter(within: Q | None = None, *, dated: bool = True) -> QuerySet[Any, Any]:
    """``supporter``, ``total`` (less what went back) and, if ``dated``, ``first`` and ``last``, of some entries."""
    entries = Entry.objects.filter(CAME | WENT_BACK, currency=settings.REPORTING_CURRENCY)
    if within is not None:
        entries = entries.filter(within)
    supporter = Coalesce("transaction__payer__merged_into_id", "transaction__payer_id")
    signed = Case(When(CAME, then=F("amount")), default=-F("amount"))
    dates = {
        "first": Min("transaction__occurred_at", filter=STANDS),
        "last": Max("transaction__occurred_at", filter=STANDS),
    }
    return (
        entries.order_by()
        .exclude(transaction__payer=None)
        .annotate(supporter=supporter)
        .values("supporter")
        .annotate(total=Sum(signed), **(dates if dated else {}))
    )


def from_day(day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(settings.TIME_ZONE))
