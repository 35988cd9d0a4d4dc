"""What makers are owed for what was sold, what comes back, and what they are paid. They are known by subject alone.

A maker's pay is owed from the moment something is sold, wherever the customer's money is by then; it is a cost of the
unrestricted fund.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from receipts.chart import Account
from receipts.ledger.booking import Booked, BookingError, already_booked, book, move
from receipts.ledger.remainders import RefundTooLarge, unrefunded_by_entry
from receipts.models import Entry, Fund, Transaction

PAID_FROM = frozenset({Account.BANK, Account.CASH})


def record_maker_pay(
    *, reference: str, subject: str, amount: int, currency: str, occurred_at: datetime, description: str = ""
) -> Booked:
    """Owe a maker for what was sold. `amount` is in minor units; `subject` is such as `maker:7`."""
    return move(
        reference=reference, debit=Account.MAKER_PAY, credit=Account.MAKER_PAY_OWED, amount=amount, currency=currency,
        fund=Fund.unrestricted(), subject=subject, description=description, occurred_at=occurred_at,
    )  # fmt: skip


def take_back_maker_pay(*, reference: str, of: Transaction, amount: int, occurred_at: datetime) -> Booked:
    """Owe no more for what came back: part or all of one `record_maker_pay`.

    Raises RefundTooLarge when less than `amount` is left of it.
    """
    with transaction.atomic():
        # The accrual's row is the lock: two returns of one line must see each other.
        Transaction.objects.select_for_update(of=("self",)).get(pk=of.pk)
        if booked := already_booked(reference):
            return booked, False
        [(accrued, left)] = unrefunded_by_entry(of)
        if amount > left:
            raise RefundTooLarge(f"{of.reference} has less than {amount} left to take back.")
        return move(
            reference=reference, debit=accrued.credit, credit=accrued.debit, amount=amount, currency=accrued.currency,
            fund=accrued.fund, subject=accrued.subject, description=accrued.description, corrects=accrued,
            occurred_at=occurred_at,
        )  # fmt: skip


def record_maker_payout(
    *, reference: str, parts: Sequence[tuple[str, int]], currency: str, paid_from: str, occurred_at: datetime
) -> Booked:
    """Makers were paid what they were owed: `parts` holds each one's subject and amount in minor units."""
    if paid_from not in PAID_FROM:
        raise BookingError("Makers are paid from the bank or in cash.")
    entries = [
        Entry(debit=Account.MAKER_PAY_OWED, credit=paid_from, amount=amount, currency=currency, subject=subject)
        for subject, amount in parts
    ]
    return book(reference=reference, occurred_at=occurred_at, entries=entries)
