"""Whose gifts paid which seats: what came into a bursary fund first leaves it first.

No name comes out of here, and no seat: only how much of the seats of a year somebody's gifts paid.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.conf import settings
from django.db.models import Q

from receipts.chart import FUNDED, in_order
from receipts.models import Entry, Fund
from receipts.months import month_of
from training.models import Award


@dataclass(kw_only=True)
class _Came:
    payer: int | None
    left: int


@dataclass(frozen=True, kw_only=True)
class _Went:
    """``fee`` is the whole price of the seat; 0 where the fund paid for something else."""

    amount: int
    year: int = 0
    fee: int = 0


def seats_by_payer(fund: Fund) -> dict[int, dict[int, Fraction]]:
    """By payer and year: how many seats their gifts paid, parts of seats added up."""
    seats: dict[int, dict[int, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    came = _came(fund)
    for went in _went(fund):
        for payer, amount in _take(came, went.amount):
            if went.fee and payer is not None:
                seats[payer][went.year] += Fraction(amount, went.fee)
    return {payer: dict(years) for payer, years in seats.items()}


def _take(came: list[_Came], amount: int) -> Iterator[tuple[int | None, int]]:
    """From the oldest that has something left. What the fund never had is nobody's."""
    while amount and came:
        part = min(amount, came[0].left)
        came[0].left -= part
        amount -= part
        if part:
            yield came[0].payer, part
        if not came[0].left:
            came.pop(0)


def _came(fund: Fund) -> list[_Came]:
    """What came into the fund, the oldest first, less what of it went back."""
    rows = _first_entries(fund).filter(credit__in=in_order(FUNDED)).exclude(_of_awards())
    left = dict(rows.values_list("pk", "amount"))
    back = Entry.objects.filter(fund=fund, currency=settings.REPORTING_CURRENCY)
    for pk, amount in back.filter(corrects__corrects=None).values_list("corrects", "amount"):
        if pk in left:
            left[pk] -= amount
    # A refund that failed: it was not given back after all.
    for pk, amount in back.filter(corrects__corrects__isnull=False).values_list("corrects__corrects", "amount"):
        if pk in left:
            left[pk] += amount
    ordered = rows.order_by("transaction__occurred_at", "pk").values_list("pk", "transaction__payer")
    return [_Came(payer=payer, left=left[pk]) for pk, payer in ordered if left[pk] > 0]


def _went(fund: Fund) -> list[_Went]:
    """What the fund paid, the oldest first: seats that somebody has, and whatever else was booked on it."""
    other = _first_entries(fund).filter(debit__in=in_order(FUNDED), corrections=None).exclude(_of_awards())
    spent = [
        ((at, pk), _Went(amount=amount))
        for at, pk, amount in other.values_list("transaction__occurred_at", "transaction", "amount")
    ]
    awards = Award.objects.filter(fund=fund, transaction__isnull=False, ended_at=None, currency=_currency())
    for award in awards.select_related("transaction", "application__enrolment"):
        if award.transaction is not None:
            at = award.transaction.occurred_at
            fee = award.amount + award.application.enrolment.price
            spent.append(((at, award.transaction.pk), _Went(amount=award.amount, year=month_of(at) // 100, fee=fee)))
    return [went for _, went in sorted(spent, key=lambda one: one[0])]


def _first_entries(fund: Fund) -> Any:
    return Entry.objects.filter(fund=fund, currency=_currency(), corrects=None)


def _of_awards() -> Q:
    return Q(transaction__reference__startswith="award:")


def _currency() -> str:
    return settings.REPORTING_CURRENCY
