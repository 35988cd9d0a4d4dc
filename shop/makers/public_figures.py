"""What the public learns of what makers were paid: by year, and never of one maker.

A figure rests on at least five makers, of whom none was paid more than half. It is given for years that are over, so
that nobody learns what one payout was by looking before and after it; and a sum is the sum of the years that are given,
so that nobody learns of the others by taking away.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import Sum

from receipts.chart import HELD, Account, in_order
from receipts.models import Entry
from shop.makers.pay import PREFIX

FEWEST = 5


@dataclass(frozen=True, kw_only=True)
class PaidInYear:
    """Minor units of the reporting currency."""

    year: int
    amount: int
    makers: int
    currency: str


def paid_by_year(today: date) -> list[PaidInYear]:
    """The newest first; years that must not be given are not there."""
    years: dict[int, dict[str, int]] = {}
    for subject, month, amount in _paid():
        makers = years.setdefault(month // 100, {})
        makers[subject] = makers.get(subject, 0) + amount
    return [
        PaidInYear(year=year, amount=sum(paid), makers=len(paid), currency=settings.REPORTING_CURRENCY)
        for year, by_maker in sorted(years.items(), reverse=True)
        if may_be_given(paid := [amount for amount in by_maker.values() if amount > 0]) and year < today.year
    ]


def may_be_given(amounts: Iterable[int]) -> bool:
    """Whether a sum of these, one for each maker, says nothing of any of them."""
    amounts = list(amounts)
    return len(amounts) >= FEWEST and 2 * max(amounts) <= sum(amounts)


def _paid() -> Iterable[tuple[str, int, int]]:
    """What makers got, and (below zero) what the bank sent back, by maker and month of the books."""
    held = in_order(HELD)
    entries = Entry.objects.filter(currency=settings.REPORTING_CURRENCY, subject__startswith=PREFIX).order_by()
    for sign, sides in (
        (1, {"debit": Account.MAKER_PAY_OWED, "credit__in": held}),
        (-1, {"credit": Account.MAKER_PAY_OWED, "debit__in": held}),
    ):
        sums = entries.filter(**sides).values_list("subject", "month").annotate(s=Sum("amount"))
        for subject, month, total in sums.values_list("subject", "month", "s"):
            yield subject, month, sign * total
