"""What a supporter has given: in all and by year, less what went back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from receipts.account import PaymentMade
from receipts.months import day_of


@dataclass(frozen=True, kw_only=True)
class Total:
    """One currency. What was bought (products, courses) is counted apart: it was not given."""

    currency: str
    given: int
    this_year: int
    last_year: int
    bought: int
    payments: int
    last_at: datetime
    last_amount: int


def totals_of(payments: Iterable[PaymentMade], *, today: date) -> list[Total]:
    """The totals of these payments (receipts.account.payments_of), the currency that was used last first."""
    by_currency: dict[str, list[PaymentMade]] = {}
    for payment in sorted(payments, key=lambda payment: payment.paid_at, reverse=True):
        by_currency.setdefault(payment.currency, []).append(payment)
    return [_total(currency, made, today.year) for currency, made in by_currency.items()]


def _total(currency: str, payments: list[PaymentMade], year: int) -> Total:
    by_year: dict[int, int] = {}
    for payment in payments:
        by_year[day_of(payment.paid_at).year] = by_year.get(day_of(payment.paid_at).year, 0) + payment.given
    return Total(
        currency=currency,
        given=sum(by_year.values()),
        this_year=by_year.get(year, 0),
        last_year=by_year.get(year - 1, 0),
        bought=sum(payment.amount - payment.given_back - payment.given for payment in payments),
        payments=len(payments),
        last_at=payments[0].paid_at,
        last_amount=payments[0].amount,
    )
