"""What a refund will bring about beside the money: told at the second look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from payments.lines_in_books import booked_lines
from payments.models import Payment
from payments.refund_parts import RefundPart
from receipts.chart import Account
from receipts.models import Entry, Invoice, Receipt
from receipts.models.invoices import InvoiceKind


@dataclass(frozen=True)
class Papers:
    """What becomes void, and what gets a credit note."""

    receipts: list[Receipt]
    invoice: Invoice | None


def fee_of(payment: Payment) -> Entry | None:
    """What Stripe took for the payment, and keeps when it goes back; None while it is not known."""
    reference = f"stripe:fee:{payment.charge_id}"
    fees = Entry.objects.filter(transaction__reference=reference, debit=Account.STRIPE_FEES)
    return fees.first() if payment.charge_id else None


def papers_touched(payment: Payment, parts: Sequence[RefundPart]) -> Papers:
    """Without parts, everything is touched: it goes back from all that is left."""
    receipts = Receipt.objects.live().filter(transaction=payment.transaction_id)
    invoice = Invoice.objects.filter(transaction=payment.transaction_id, kind=InvoiceKind.INVOICE).first()
    if not parts:
        return Papers(list(receipts), invoice)
    named = {part.line.pk for part in parts if part.gross}
    entries = [
        entry.pk
        for booked in booked_lines(payment)
        if booked.line.pk in named
        for entry in (booked.income, booked.tax)
        if entry
    ]
    spoken_of = {entry for line in invoice.snapshot["lines"] for entry in line["entries"]} if invoice else set()
    return Papers(
        list(receipts.filter(lines__entry__in=entries).distinct()),
        invoice if spoken_of & set(entries) else None,
    )
