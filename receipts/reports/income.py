"""Income by stream and month. One function feeds the staff screen, the exports and any page that shows the figures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db.models import QuerySet, Sum

from receipts.chart import Account
from receipts.models import Entry

Basis = Literal["cash", "accrual"]
Key = tuple[int, str, str]

STREAM_ORDER = {account.value: position for position, account in enumerate(Account)}


@dataclass(frozen=True, kw_only=True)
class IncomeRow:
    """What one stream earned in one month, in minor units. Refunds and lost disputes are already taken off."""

    month: int
    stream: str
    currency: str
    amount: int

    @property
    def label(self) -> str:
        return str(Account(self.stream).label)


def income_by_stream_and_month(
    *, start_month: int, end_month: int, as_of: datetime | None = None, basis: Basis = "cash"
) -> list[IncomeRow]:
    """Income of the accounting months from `start_month` up to, but not including, `end_month`.

    `as_of` leaves out what was recorded later. On a cash basis income counts when it was paid; on an accrual basis
    what was moved to deferred income counts in the months in which it is earned.
    """
    entries = Entry.objects.between(start_month, end_month).recorded_by(as_of).order_by()
    came, went = entries.income(), entries.income_taken_back()
    if basis == "cash":
        came, went = came.exclude(debit=Account.DEFERRED), went.exclude(credit=Account.DEFERRED)
    net: dict[Key, int] = defaultdict(int)
    for key, amount in _sums(came, "credit"):
        net[key] += amount
    for key, amount in _sums(went, "debit"):
        net[key] -= amount
    rows = [
        IncomeRow(month=month, stream=stream, currency=currency, amount=amount)
        for (month, stream, currency), amount in net.items()
    ]
    return sorted(rows, key=lambda row: (row.currency, row.month, STREAM_ORDER[row.stream]))


def _sums(entries: QuerySet[Entry], stream: str) -> Iterable[tuple[Key, int]]:
    by_month = entries.values_list("month", stream, "currency").annotate(total=Sum("amount"))
    return (((month, account, currency), total) for month, account, currency, total in by_month)
