"""What a payer paid and which receipts they hold, for "My account" and for staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet

from receipts.chart import INCOME, SALES, in_order
from receipts.models import Entry, Invoice, Payer, Receipt, Transaction

STREAMS = in_order(INCOME)
GIVEN = in_order(INCOME - SALES)


@dataclass(frozen=True, kw_only=True)
class PaymentMade:
    """One payment as its payer sees it."""

    transaction: Transaction
    paid_at: datetime
    description: str
    currency: str
    amount: int
    given_back: int
    # What is left of it that was given, not paid for products or courses.
    given: int
    receipts: list[Receipt]


def payers_of(user: Any) -> QuerySet[Payer]:
    """The user's payers, and those that were merged into one of them."""
    return Payer.objects.of_user(user)


def invoices_of(user: Any) -> list[Invoice]:
    """The user's invoices and credit notes, newest first."""
    mine = Invoice.objects.filter(payer__in=payers_of(user)).select_related("corrects")
    return list(mine.defer("snapshot", "corrects__snapshot").order_by("-issued_on", "-pk"))


def payments_of(payers: QuerySet[Payer]) -> list[PaymentMade]:
    """What these payers paid, newest first, with what was given back and the receipts issued for it."""
    entries = Entry.objects.filter(corrects=None).prefetch_related("corrections__corrections").order_by("pk")
    paid = (
        Transaction.objects.filter(payer__in=payers, reverses=None)
        .filter(pk__in=Entry.objects.filter(corrects=None, credit__in=STREAMS).values("transaction"))
        .exclude(pk__in=Entry.objects.filter(subject__startswith="deferral:").values("transaction"))
        .prefetch_related(Prefetch("entries", entries, to_attr="paid_entries"), "receipts")
        .order_by("-occurred_at", "-pk")
    )
    return [_payment(transaction) for transaction in paid]


def _payment(transaction: Any) -> PaymentMade:
    entries: list[Entry] = transaction.paid_entries
    descriptions = dict.fromkeys(entry.description or str(entry.get_credit_display()) for entry in entries)
    return PaymentMade(
        transaction=transaction,
        paid_at=transaction.occurred_at,
        description=", ".join(descriptions),
        currency=entries[0].currency,
        amount=sum(entry.amount for entry in entries),
        given_back=sum(_given_back(entry) for entry in entries),
        given=sum(entry.amount - _given_back(entry) for entry in entries if entry.credit in GIVEN),
        receipts=sorted(transaction.receipts.all(), key=lambda receipt: receipt.pk),
    )


def _given_back(entry: Entry) -> int:
    """Refunds of this entry, less those that failed and were reversed."""
    return sum(
        correction.amount - sum(again.amount for again in correction.corrections.all())
        for correction in entry.corrections.all()
    )
