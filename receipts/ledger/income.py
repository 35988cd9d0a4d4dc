"""Income: booked whole when it is paid; what is still to be earned is deferred and comes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Sum

from receipts.chart import SALES, Account
from receipts.ledger.booking import Booked, BookingError, Rate, already_booked, book
from receipts.models import Entry, Fund, Payer, Transaction


@dataclass(frozen=True, kw_only=True)
class IncomeLine:
    """One thing paid for. `amount` is without tax; `tax` comes on top and is owed on."""

    account: str
    amount: int
    fund: Fund
    description: str = ""
    # {"label", "kind", "fair_value", "cost", "bears_logo"}, amounts in minor units.
    advantages: tuple[dict[str, Any], ...] = ()
    yearly_amount: int | None = None
    subject: str = ""
    tax: int = 0


def record_income(
    *,
    reference: str,
    occurred_at: datetime,
    payer: Payer | None,
    currency: str,
    lines: Sequence[IncomeLine],
    held_in: str = Account.STRIPE,
    memo: str = "",
    rate: Rate | None = None,
) -> Booked:
    """Book what was paid, whole, one entry per line and one per line's tax. Free lines leave no entry."""
    if any(line.amount < 0 or line.tax < 0 for line in lines):
        raise BookingError("Income is above zero; to give money back, record a refund.")
    entries = [entry for line in lines for entry in _income_entries(line, currency, held_in)]
    if not entries:
        raise BookingError("Nothing was paid, so there is nothing to book.")
    return book(reference=reference, occurred_at=occurred_at, entries=entries, payer=payer, memo=memo, rate=rate)


def _income_entries(line: IncomeLine, currency: str, held_in: str) -> list[Entry]:
    worth = sum(int(advantage["fair_value"]) for advantage in line.advantages)
    advantage = line.amount if line.account in SALES else min(worth, line.amount)
    common = {"debit": held_in, "currency": currency, "subject": line.subject, "description": line.description}
    entries = []
    if line.amount:
        entries.append(
            Entry(
                **common,
                credit=line.account,
                amount=line.amount,
                fund=line.fund,
                advantage=advantage,
                advantages=list(line.advantages),
                yearly_amount=line.yearly_amount,
            )
        )
    if line.tax:
        entries.append(Entry(**common, credit=Account.SALES_TAX, amount=line.tax))
    return entries


def defer_income(
    *, reference: str, entry: Entry, amount: int, term_start: date, term_end: date, occurred_at: datetime
) -> Booked:
    """Move the part of an income entry that is still to be earned to deferred income, with its term."""
    if not 0 < amount <= entry.amount:
        raise BookingError("What is deferred is part of what was paid.")
    deferral = Entry(
        debit=entry.credit, credit=Account.DEFERRED, amount=amount, currency=entry.currency, fund=entry.fund,
        subject=f"deferral:{entry.pk}", term_start=term_start, term_end=term_end,
    )  # fmt: skip
    return book(reference=reference, occurred_at=occurred_at, entries=[deferral])


def recognise_deferred(*, reference: str, deferral: Entry, amount: int, occurred_at: datetime) -> Booked:
    """Bring back as income what has been earned of a deferral by now."""
    with transaction.atomic():
        Transaction.objects.select_for_update().get(pk=deferral.transaction_id)
        if booked := already_booked(reference):
            return booked, False
        earned = Entry.objects.filter(subject=deferral.subject, debit=Account.DEFERRED).aggregate(s=Sum("amount"))["s"]
        if amount + (earned or 0) > deferral.amount:
            raise BookingError("More would be earned than was deferred.")
        entry = Entry(
            debit=Account.DEFERRED, credit=deferral.debit, amount=amount, currency=deferral.currency,
            fund=deferral.fund, subject=deferral.subject,
        )  # fmt: skip
        return book(reference=reference, occurred_at=occurred_at, entries=[entry])
