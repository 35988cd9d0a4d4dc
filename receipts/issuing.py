"""Issuing and voiding receipts. A receipt is issued, voided, replaced; never edited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction as database
from django.db.models import F

from receipts.chart import INCOME, in_order
from receipts.contributions import contribution_of
from receipts.models import Entry, Issuer, Payer, Receipt, ReceiptLine, ReceiptSeries, Transaction
from receipts.months import day_of
from receipts.rules import Assessment, assess, is_known
from receipts.tasks import queue_rendering

SNAPSHOT_VERSION = 1


@dataclass(frozen=True, kw_only=True)
class Judged:
    """An entry with what the rules say about it; `assessment` is None where no rules are known."""

    entry: Entry
    assessment: Assessment | None

    @property
    def eligible(self) -> int:
        return self.assessment.eligible_amount if self.assessment else 0

    @property
    def advantage(self) -> int:
        return self.assessment.advantage if self.assessment else 0


def issue_receipt(transaction: Transaction, *, on: date, sandbox: bool) -> Receipt | None:
    """Issue the receipt of a payment, or return the live one it has. None when nothing in it is receiptable.

    Call it in the transaction that books the payment: number and receipt commit, or vanish, with it. The document is
    drawn afterwards, and again with the same number if that fails.
    """
    issuer = Issuer.load()
    lines = _judge(transaction, issuer.jurisdiction)
    if not lines or transaction.payer is None:
        return None
    with database.atomic():
        series = _locked_series(issuer, on.year, sandbox)
        if live := _live_receipt_of(transaction):
            return live
        receipt = _write(transaction, series=series, issuer=issuer, lines=lines, on=on)
        queue_rendering(receipt)
    return receipt


def _judge(transaction: Transaction, jurisdiction: str) -> list[Judged]:
    """The lines a receipt speaks for: the receiptable ones, or all income where no tax rules are known."""
    entries = transaction.entries.filter(corrects=None, credit__in=in_order(INCOME)).order_by("pk")
    if not is_known(jurisdiction):
        return [Judged(entry=entry, assessment=None) for entry in entries]
    donor = transaction.payer.kind if transaction.payer else "person"
    paid_on = day_of(transaction.occurred_at)
    judged = [
        Judged(
            entry=entry,
            assessment=assess(
                jurisdiction, contribution_of(entry, donor_kind=donor, jurisdiction=jurisdiction), paid_on
            ),
        )
        for entry in entries
    ]
    return [line for line in judged if line.assessment and line.assessment.receiptable]


def _locked_series(issuer: Issuer, year: int, sandbox: bool) -> ReceiptSeries:
    """The series, its row locked until the caller's transaction ends (on SQLite, the whole database is)."""
    series, _ = ReceiptSeries.objects.get_or_create(
        jurisdiction=issuer.jurisdiction, prefix=issuer.receipt_prefix, year=year, is_sandbox=sandbox
    )
    # An UPDATE locks the row on PostgreSQL and takes the write lock on SQLite, where SELECT … FOR UPDATE does nothing.
    ReceiptSeries.objects.filter(pk=series.pk).update(next_number=F("next_number"))
    return ReceiptSeries.objects.get(pk=series.pk)


def _live_receipt_of(transaction: Transaction) -> Receipt | None:
    return Receipt.objects.live().filter(lines__entry__transaction=transaction, lines__is_live=True).first()


def _write(
    transaction: Transaction, *, series: ReceiptSeries, issuer: Issuer, lines: list[Judged], on: date
) -> Receipt:
    payer = transaction.payer
    assert payer is not None  # noqa: S101 (the caller has looked)
    number = series.next_number
    ReceiptSeries.objects.filter(pk=series.pk).update(next_number=number + 1)
    receipt = Receipt.objects.create(
        series=series,
        number=number,
        label=series.label_of(number),
        kind=Receipt.Kind.TAX if is_known(issuer.jurisdiction) else Receipt.Kind.PAYMENT,
        payer=payer,
        transaction=transaction,
        issued_on=on,
        currency=lines[0].entry.currency,
        amount=sum(line.entry.amount for line in lines),
        advantage=sum(line.advantage for line in lines),
        eligible_amount=sum(line.eligible for line in lines),
        language=payer.language or "en",
        snapshot=_snapshot(transaction, payer, issuer, lines),
        rule_version=lines[0].assessment.rule_version if lines[0].assessment else "",
    )
    ReceiptLine.objects.bulk_create(
        ReceiptLine(
            receipt=receipt,
            entry=line.entry,
            amount=line.entry.amount,
            advantage=line.advantage,
            eligible_amount=line.eligible,
        )
        for line in lines
    )
    return receipt


def _snapshot(transaction: Transaction, payer: Payer, issuer: Issuer, lines: list[Judged]) -> dict[str, Any]:
    """All that the document says, as it was on the day: it must outlive every row it was copied from."""
    return {
        "version": SNAPSHOT_VERSION,
        "received_on": day_of(transaction.occurred_at).isoformat(),
        "issuer": {
            "legal_name": issuer.legal_name,
            "address": issuer.address.splitlines(),
            "registration_number": issuer.registration_number,
            "jurisdiction": issuer.jurisdiction,
            "signatory": issuer.signatory,
            "purpose": issuer.purpose,
        },
        "payer": {"kind": payer.kind, "name": payer.name, "address": payer.address_lines()},
        "lines": [_line_snapshot(line) for line in lines],
    }


def _line_snapshot(line: Judged) -> dict[str, Any]:
    entry, assessment = line.entry, line.assessment
    return {
        "description": entry.description or entry.get_credit_display(),
        "stream": entry.credit,
        "amount": entry.amount,
        "advantage": line.advantage,
        "eligible_amount": line.eligible,
        "advantages": entry.advantages,
        "statements": list(assessment.statements) if assessment else [],
        "reasons": list(assessment.reasons) if assessment else [],
    }


def void_receipts_of(transaction: Transaction, *, reason: str, at: datetime) -> list[Receipt]:
    """Void every live receipt of a payment that was given back. The number stays used, the file stays kept."""
    with database.atomic():
        live = Receipt.objects.live().select_for_update().filter(transaction=transaction).order_by("pk")
        return [void_receipt(receipt, reason=reason, at=at) for receipt in live]


@database.atomic
def void_receipt(receipt: Receipt, *, reason: str, at: datetime) -> Receipt:
    """Void one receipt. Voiding a void one changes nothing: its first date and reason stand."""
    voided = (
        Receipt.objects.live()
        .filter(pk=receipt.pk)
        .update(state=Receipt.State.VOID, voided_at=at, void_reason=reason or "No reason given")
    )
    if voided:
        ReceiptLine.objects.filter(receipt=receipt).update(is_live=False)
    receipt.refresh_from_db()
    return receipt
