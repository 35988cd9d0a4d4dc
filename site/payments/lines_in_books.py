"""Which entries of the books a payment's lines became: one for what was paid, one for its tax, in the lines' order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from payments.models import Payment, PaymentLine
from payments.payables import kind_of
from receipts import ledger
from receipts.chart import Account
from receipts.models import Entry, Transaction

if TYPE_CHECKING:
    from payments.payables import Payable


@dataclass(frozen=True)
class BookedLine:
    """A line with its entries and what is left of each; a free line has none, an untaxed one no tax."""

    line: PaymentLine
    income: Entry | None
    tax: Entry | None
    income_left: int
    tax_left: int


def booked_lines(payment: Payment) -> list[BookedLine]:
    """Every line of a payment as it stands in the books; empty where something else was booked (a parked payment)."""
    if payment.transaction is None:
        return []
    rest = ledger.unrefunded_by_entry(payment.transaction)
    found = []
    for line in payment.lines.select_related("fund", "item").order_by("pk"):
        income = _next(rest, account=line.account, amount=line.amount)
        tax = _next(rest, account=Account.SALES_TAX, amount=line.tax)
        if income is None or tax is None:
            return []
        found.append(BookedLine(line, income[0], tax[0], income[1], tax[1]))
    return found


def _next(rest: ledger.Left, *, account: str, amount: int) -> tuple[Entry | None, int] | None:
    """The next entry, if it is this one; nothing was booked of an amount of zero. None when it is another."""
    if not amount:
        return None, 0
    if not rest or (rest[0][0].credit, rest[0][0].amount) != (account, amount):
        return None
    return rest.pop(0)


def payment_of(transaction: Transaction) -> Payment | None:
    """The payment that a transaction takes back, or gives again what was taken back of it."""
    taken_back = transaction.reverses or transaction
    entry = taken_back.entries.filter(corrects__isnull=False).select_related("corrects").first()
    return (
        Payment.objects.filter(transaction=entry.corrects.transaction_id).first() if entry and entry.corrects else None
    )


def left_of_payable(payable: Payable, booked: Transaction) -> int:
    """What is left in the books of what one payable was paid by a payment, in minor units: others may share it."""
    payment = Payment.objects.filter(transaction=booked).first()
    lines = booked_lines(payment) if payment else []
    if not lines:
        return ledger.unrefunded(booked)
    mine = (kind_of(payable), payable.pk)
    return sum(
        line.income_left + line.tax_left
        for line in lines
        if (line.line.item.payable_kind, line.line.item.payable_id) == mine
    )
