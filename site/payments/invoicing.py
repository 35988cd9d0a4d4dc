"""Which of a payment's lines are sold and so stand on an invoice, and which of them a credit note takes back."""

from __future__ import annotations

from datetime import date

from payments.lines_in_books import booked_lines
from payments.models import Payment
from payments.refund_parts import parts_of
from receipts.chart import SALES, in_order
from receipts.invoices import InvoicedLine, issue_credit_note, issue_invoice
from receipts.models import Invoice, Transaction


def invoice_payment(payment: Payment, *, on: date, sandbox: bool) -> Invoice | None:
    """Issue the invoice of what a payment bought; what was given with it is never on it. None where nothing was."""
    if payment.transaction is None or not payment.lines.filter(account__in=in_order(SALES)).exists():
        return None
    lines = [
        InvoicedLine(
            key=str(booked.line.pk),
            description=booked.line.description,
            quantity=booked.line.quantity,
            net=booked.line.amount,
            tax=booked.line.tax,
            taxes=tuple(booked.line.taxes),
            income=booked.income,
            tax_entry=booked.tax,
        )
        for booked in booked_lines(payment)
        if booked.line.account in SALES
    ]
    return issue_invoice(payment.transaction, lines, on=on, sandbox=sandbox)


def credit(taken_back: Transaction, *, on: date, reason: str) -> Invoice | None:
    """Issue the credit note of what a refund or a lost dispute takes back of what was sold."""
    quantities = {str(part.line.pk): part.quantity for part in parts_of(taken_back)}
    return issue_credit_note(taken_back, on=on, quantities=quantities, reason=reason)
