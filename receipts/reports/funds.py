"""What each fund has left."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from django.db.models import Sum

from receipts.chart import FUNDED, in_order
from receipts.models import Entry


def balances(*, currency: str, as_of: datetime | None = None) -> dict[int, int]:
    """By fund: income less costs, with transfers in and out. Two sums for all funds together."""
    funded = in_order(FUNDED)
    entries = Entry.objects.recorded_by(as_of).filter(currency=currency).order_by()
    left: dict[int, int] = defaultdict(int)
    for side, sign in (("credit", 1), ("debit", -1)):
        sums = entries.filter(**{f"{side}__in": funded}).values_list("fund").annotate(total=Sum("amount"))
        for fund, total in sums.values_list("fund", "total"):
            left[fund] += sign * total
    return dict(left)
