"""Issuing invoices and credit notes, each with the next number of its series. None is ever edited or taken away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction as database
from django.db.models import F, Sum

from receipts.invoices import wording
from receipts.invoices.figures import InvoicedLine, credited_before, taken_of
from receipts.invoices.snapshots import take_snapshot
from receipts.models import Invoice, InvoiceSeries, Issuer, Payer, Transaction
from receipts.models.invoices import InvoiceKind


def issue_invoice(
    transaction: Transaction, lines: Sequence[InvoicedLine], *, on: date, sandbox: bool
) -> Invoice | None:
    """Issue the invoice of a payment, or return the one it has. None when nothing was sold, or nobody is to be named.

    Call it in the transaction that books the payment: number and invoice commit, or vanish, with it.
    """
    if transaction.payer is None or not any(line.net + line.tax for line in lines):
        return None
    with database.atomic():
        series = _locked_series(InvoiceKind.INVOICE, on.year, sandbox)
        # Looked for behind the lock: of two at once, the second finds the first one's.
        if earlier := Invoice.objects.filter(transaction=transaction).first():
            return earlier
        frozen = [line.frozen() for line in lines]
        return _write(series, transaction, transaction.payer, frozen, on=on)


def issue_credit_note(
    taken_back: Transaction, *, on: date, quantities: Mapping[str, int] | None = None, reason: str = ""
) -> Invoice | None:
    """Issue the credit note of a refund or a lost dispute, or return the one it has.

    What it says is read from the books: what this transaction takes back of the entries behind the invoice's lines.
    ``quantities`` says, by the lines' keys, how many things come back; ``reason`` is a key of the wording. None where
    nothing that was sold went back.
    """
    invoice = _invoice_of(taken_back)
    if invoice is None:
        return None
    with database.atomic():
        series = _locked_series(InvoiceKind.CREDIT_NOTE, on.year, invoice.series.is_sandbox)
        if earlier := Invoice.objects.filter(transaction=taken_back).first():
            return earlier
        lines = _taken_lines(invoice, taken_back, quantities or {})
        if not any(line["net"] + line["tax"] for line in lines):
            return None
        return _write(series, taken_back, invoice.payer, lines, on=on, corrects=invoice, reason=reason)


def cancel_credit_note(reversal: Transaction, *, on: date) -> Invoice | None:
    """The money did not go back after all: issue an invoice over what the credit note took off.

    A number that was given out stays; so it takes a document of its own to undo one. ``reversal`` is the transaction
    that reverses the refund. None where the refund had no credit note.
    """
    note = Invoice.objects.filter(transaction=reversal.reverses_id, kind=InvoiceKind.CREDIT_NOTE).first()
    if note is None:
        return None
    with database.atomic():
        series = _locked_series(InvoiceKind.INVOICE, on.year, note.series.is_sandbox)
        if earlier := Invoice.objects.filter(transaction=reversal).first():
            return earlier
        lines = note.snapshot["lines"]
        return _write(series, reversal, note.payer, lines, on=on, corrects=note, reason=wording.NOT_GIVEN_BACK)


def _invoice_of(taken_back: Transaction) -> Invoice | None:
    entry = taken_back.entries.filter(corrects__isnull=False).select_related("corrects").first()
    if entry is None or entry.corrects is None:
        return None
    return Invoice.objects.filter(transaction=entry.corrects.transaction_id, kind=InvoiceKind.INVOICE).first()


def _taken_lines(invoice: Invoice, taken_back: Transaction, quantities: Mapping[str, int]) -> list[dict[str, Any]]:
    sums = dict(taken_back.entries.order_by().values_list("corrects").annotate(Sum("amount")))
    before = credited_before(invoice)
    taken = []
    for line in invoice.snapshot["lines"]:
        net, tax = (sums.get(entry, 0) if entry else 0 for entry in line["entries"])
        quantity = quantities.get(line["key"], 0)
        if net or tax or quantity:
            earlier = before.get(line["key"], [])
            taken.append(taken_of(line, net=net, tax=tax, quantity=quantity, before=earlier))
    return taken


def _locked_series(kind: str, year: int, is_sandbox: bool) -> InvoiceSeries:
    """The series, its row locked until the caller's transaction ends (on SQLite, the whole database is)."""
    issuer = Issuer.load()
    prefix = issuer.credit_note_prefix if kind == InvoiceKind.CREDIT_NOTE else issuer.invoice_prefix
    series, _ = InvoiceSeries.objects.get_or_create(kind=kind, prefix=prefix, year=year, is_sandbox=is_sandbox)
    # An UPDATE locks the row on PostgreSQL and takes the write lock on SQLite, where SELECT … FOR UPDATE does nothing.
    InvoiceSeries.objects.filter(pk=series.pk).update(next_number=F("next_number"))
    return InvoiceSeries.objects.get(pk=series.pk)


def _write(
    series: InvoiceSeries,
    transaction: Transaction,
    payer: Payer,
    lines: Sequence[Mapping[str, Any]],
    *,
    on: date,
    corrects: Invoice | None = None,
    reason: str = "",
) -> Invoice:
    number = series.next_number
    InvoiceSeries.objects.filter(pk=series.pk).update(next_number=number + 1)
    language = corrects.language if corrects else payer.language
    invoice = Invoice(
        series=series,
        number=number,
        label=series.label_of(number),
        kind=series.kind,
        payer=payer,
        transaction=transaction,
        corrects=corrects,
        issued_on=on,
        currency=corrects.currency if corrects else transaction.entries.order_by("pk")[0].currency,
        net=sum(line["net"] for line in lines),
        tax=sum(line["tax"] for line in lines),
        language=language if language in wording.LANGUAGES else settings.LANGUAGE_CODE,
    )
    invoice.snapshot = take_snapshot(invoice, Issuer.load(), lines, reason=reason)
    invoice.save()
    return invoice
