"""Writing a transaction with its entries, once. The verbs beside this module are the only callers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from receipts.models import Entry, Payer, Transaction
from receipts.money import split
from receipts.months import first_open_month

Booked = tuple[Transaction, bool]


class BookingError(ValueError):
    """What was asked for cannot be booked."""


@dataclass(frozen=True, kw_only=True)
class Rate:
    """What one transaction was worth in the reporting currency, and who says so."""

    reporting_amount: int
    source: str


def book(
    *,
    reference: str,
    occurred_at: datetime,
    entries: Sequence[Entry],
    payer: Payer | None = None,
    memo: str = "",
    reverses: Transaction | None = None,
    rate: Rate | None = None,
) -> Booked:
    """Write a transaction with its entries, or return the one that has this reference already."""
    if booked := already_booked(reference):
        return booked, False
    if not entries or any(entry.amount <= 0 for entry in entries):
        raise BookingError("Every amount in the books is above zero.")
    month = first_open_month(occurred_at)
    try:
        with transaction.atomic():
            written = Transaction.objects.create(
                reference=reference, occurred_at=occurred_at, recorded_at=timezone.now(), month=month,
                payer=payer, memo=memo, reverses=reverses,
            )  # fmt: skip
            _write_entries(written, entries, rate)
    except IntegrityError:
        # Somebody else booked it between our look and our write: theirs stands.
        if booked := already_booked(reference):
            return booked, False
        raise
    return written, True


def _write_entries(written: Transaction, entries: Sequence[Entry], rate: Rate | None) -> None:
    amounts = split(rate.reporting_amount, [entry.amount for entry in entries]) if rate else []
    for position, entry in enumerate(entries):
        entry.transaction = written
        entry.month = written.month
        entry.currency = entry.currency.upper()
        if entry.currency == settings.REPORTING_CURRENCY:
            entry.reporting_amount = entry.amount
        elif rate:
            entry.reporting_amount, entry.rate_source = amounts[position], rate.source
    Entry.objects.bulk_create(entries)


def move(*, reference: str, occurred_at: datetime, payer: Payer | None = None, memo: str = "", **entry: Any) -> Booked:
    return book(reference=reference, occurred_at=occurred_at, payer=payer, memo=memo, entries=[Entry(**entry)])


def already_booked(reference: str) -> Transaction | None:
    return Transaction.objects.filter(reference=reference).first()


def currency_of(of: Transaction) -> str:
    return of.entries.order_by("pk").values_list("currency", flat=True)[0]
