"""Issuing and voiding receipts. A receipt is issued, voided, replaced; never edited."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from django.conf import settings
from django.db import transaction as database
from django.db.models import F

from receipts import wording
from receipts.chart import INCOME, SALES, in_order
from receipts.contributions import contribution_of
from receipts.ledger import unrefunded_by_entry
from receipts.models import Issuer, Receipt, ReceiptLine, ReceiptSeries, Transaction
from receipts.months import day_of
from receipts.rules import assess, is_known
from receipts.snapshots import Judged, take_snapshot
from receipts.tasks import queue_rendering


def issue_receipt(
    transaction: Transaction, *, on: date, sandbox: bool, paid_as: tuple[int, str] | None = None
) -> Receipt | None:
    """Issue the receipt of a payment, or return the live one it has. None when nothing in it is receiptable.

    Call it in the transaction that books the payment: number and receipt commit, or vanish, with it. The document is
    drawn afterwards, and again with the same number if that fails. What was voided is not issued again here.
    ``paid_as`` is what the payer's bank took, where that was another currency than ours.
    """
    issuer = Issuer.load()
    lines = _judge(transaction, issuer.jurisdiction)
    if not lines or transaction.payer is None:
        return None
    with database.atomic():
        series = _locked_series(issuer, on.year, sandbox)
        # Looked for behind the lock: of two at once, the second finds the first one's receipt.
        if earlier := list(transaction.receipts.all()):
            return next((receipt for receipt in earlier if receipt.is_live), None)
        receipt = _write(series=series, issuer=issuer, transaction=transaction, lines=lines, on=on, paid_as=paid_as)
        queue_rendering(receipt)
    return receipt


def _judge(transaction: Transaction, jurisdiction: str) -> list[Judged]:
    """The lines a receipt speaks for: the receiptable ones, or all but sales where no tax rules are known.

    What is sold stands on an invoice: were it on the gift's receipt too, what is returned would void that.
    """
    streams = in_order(INCOME - SALES)
    left = [(entry, rest) for entry, rest in unrefunded_by_entry(transaction) if rest > 0 and entry.credit in streams]
    if not is_known(jurisdiction):
        return [Judged(entry=entry, amount=rest, assessment=None) for entry, rest in left]
    donor = transaction.payer.kind if transaction.payer else "person"
    paid_on = day_of(transaction.occurred_at)
    judged = []
    for entry, rest in left:
        contribution = contribution_of(entry, donor_kind=donor, jurisdiction=jurisdiction)
        assessment = assess(jurisdiction, replace(contribution, payment=rest), paid_on)
        judged.append(Judged(entry=entry, amount=rest, assessment=assessment))
    return [line for line in judged if line.assessment and line.assessment.receiptable]


def _locked_series(issuer: Issuer, year: int, sandbox: bool) -> ReceiptSeries:
    """The series, its row locked until the caller's transaction ends (on SQLite, the whole database is)."""
    series, _ = ReceiptSeries.objects.get_or_create(prefix=issuer.receipt_prefix, year=year, is_sandbox=sandbox)
    # An UPDATE locks the row on PostgreSQL and takes the write lock on SQLite, where SELECT … FOR UPDATE does nothing.
    ReceiptSeries.objects.filter(pk=series.pk).update(next_number=F("next_number"))
    return ReceiptSeries.objects.get(pk=series.pk)


def _write(
    *,
    series: ReceiptSeries,
    issuer: Issuer,
    transaction: Transaction,
    lines: list[Judged],
    on: date,
    paid_as: tuple[int, str] | None,
) -> Receipt:
    number = series.next_number
    ReceiptSeries.objects.filter(pk=series.pk).update(next_number=number + 1)
    receipt = Receipt(
        series=series,
        number=number,
        label=series.label_of(number),
        kind=Receipt.Kind.TAX if is_known(issuer.jurisdiction) else Receipt.Kind.PAYMENT,
        payer=transaction.payer,
        transaction=transaction,
        issued_on=on,
        currency=lines[0].entry.currency,
        amount=sum(line.amount for line in lines),
        advantage=sum(line.advantage for line in lines),
        eligible_amount=sum(line.eligible for line in lines),
        language=_language_of(transaction),
        rule_version=lines[0].assessment.rule_version if lines[0].assessment else "",
    )
    receipt.snapshot = take_snapshot(receipt, issuer, lines, paid_as=paid_as)
    receipt.save()
    ReceiptLine.objects.bulk_create(
        ReceiptLine(
            receipt=receipt,
            entry=line.entry,
            amount=line.amount,
            advantage=line.advantage,
            eligible_amount=line.eligible,
        )
        for line in lines
    )
    return receipt


def _language_of(transaction: Transaction) -> str:
    """The payer's language where receipts are written in it, else the site's own."""
    wanted = transaction.payer.language if transaction.payer else ""
    return wanted if wanted in wording.LANGUAGES else settings.LANGUAGE_CODE


def void_receipts_of(
    transaction: Transaction, *, reason: str, at: datetime, taken_back_by: Transaction | None = None
) -> list[Receipt]:
    """Void the live receipts of a payment that was given back. The number stays used, the file stays kept.

    With ``taken_back_by``, only those that speak of what it took back: a gift's receipt outlives the refund of what
    was bought with it.
    """
    with database.atomic():
        live = Receipt.objects.live().select_for_update().filter(transaction=transaction)
        if taken_back_by is not None:
            touched = taken_back_by.entries.values("corrects")
            live = live.filter(pk__in=ReceiptLine.objects.filter(entry__in=touched).values("receipt"))
        return [void_receipt(receipt, reason=reason, at=at) for receipt in live.order_by("pk")]


def left_on(receipt: Receipt) -> int:
    """What has not been taken back of the entries that a receipt speaks of, in minor units."""
    spoken_of = set(receipt.lines.values_list("entry", flat=True))
    return sum(rest for entry, rest in unrefunded_by_entry(receipt.transaction) if entry.pk in spoken_of)


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
