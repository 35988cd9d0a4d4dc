"""What the books, the mails and the staff's own records know of a supporter, for `receipts.history`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.urls import reverse
from wagtail.models import ModelLogEntry

from accounts.mail_kinds import hidden_keys, labels_of_keys
from accounts.models import OutgoingMail
from receipts.account import payments_of
from receipts.chart import Account
from receipts.history import HistoryItem
from receipts.models import Entry, Payer, PayerMerge, PayerNote, Receipt

CONTACT_CHANGED = "receipts.contact"


def books_history(payers: Sequence[Payer]) -> Iterator[HistoryItem]:
    yield from _paid(payers)
    yield from _taken_back(payers)
    yield from _receipts(payers)
    yield from _mails(payers)
    yield from _notes(payers)
    yield from _merges(payers)
    yield from _changes(payers)


def _paid(payers: Sequence[Payer]) -> Iterator[HistoryItem]:
    for payment in payments_of(Payer.objects.filter(pk__in=[payer.pk for payer in payers])):
        yield HistoryItem(
            at=payment.paid_at,
            kind="payment",
            title=payment.description,
            url=reverse("transactions:inspect", args=[payment.transaction.pk]),
            permission="receipts.view_transaction",
            amount=payment.amount,
            currency=payment.currency,
        )


def _taken_back(payers: Sequence[Payer]) -> Iterator[HistoryItem]:
    """Money that went back, and refunds that came back, one item for each transaction."""
    entries = (
        Entry.objects.filter(transaction__payer__in=payers)
        .exclude(corrects=None)
        .select_related("transaction", "corrects")
        .order_by("transaction_id", "pk")
    )
    for booked, of in groupby(entries, key=lambda entry: entry.transaction):
        yield _correction(list(of), url=reverse("transactions:inspect", args=[booked.pk]))


def _correction(entries: list[Entry], *, url: str) -> HistoryItem:
    first = entries[0]
    if first.corrects and first.corrects.corrects_id:
        kind, title, sign = "refund", "Did not go back after all", 1
    elif first.credit == Account.DISPUTED:
        kind, title, sign = "dispute", "Lost to a dispute", -1
    else:
        kind, title, sign = "refund", "Given back", -1
    return HistoryItem(
        at=first.transaction.occurred_at,
        kind=kind,
        title=title,
        detail=", ".join(dict.fromkeys(entry.description for entry in entries if entry.description)),
        url=url,
        permission="receipts.view_transaction",
        amount=sign * sum(entry.amount for entry in entries),
        currency=first.currency,
    )


def _receipts(payers: Sequence[Payer]) -> Iterator[HistoryItem]:
    receipts = (
        Receipt.objects.filter(payer__in=payers).select_related("replaces").defer("snapshot", "replaces__snapshot")
    )
    for receipt in receipts:
        link = {"url": reverse("receipts:inspect", args=[receipt.pk]), "permission": "receipts.view_receipt"}
        of: dict[str, Any] = {
            "kind": "receipt",
            "amount": receipt.eligible_amount,
            "currency": receipt.currency,
            **link,
        }
        instead = f"Replaces {receipt.replaces.label}" if receipt.replaces else ""
        yield HistoryItem(at=receipt.created_at, title=f"Receipt {receipt.label} issued", detail=instead, **of)
        if receipt.voided_at:
            title = f"Receipt {receipt.label} voided"
            yield HistoryItem(at=receipt.voided_at, title=title, detail=receipt.void_reason, **of)


def mails_to(payers: Sequence[Payer]) -> QuerySet[OutgoingMail]:
    """A mail knows its address only; it is kept for some months."""
    addresses = {payer.email.lower() for payer in payers if payer.email}
    addresses |= {payer.user.email.lower() for payer in payers if payer.user}
    return OutgoingMail.objects.annotate(address=Lower("to")).filter(address__in=addresses)


def _mails(payers: Sequence[Payer]) -> Iterator[HistoryItem]:
    # The subject of a code to sign in is the code.
    instead = labels_of_keys()
    for mail in mails_to(payers).exclude(kind__in=hidden_keys()).defer("text", "html"):
        title = instead.get(mail.kind, mail.subject)
        yield HistoryItem(
            at=mail.sent_at or mail.created_at, kind="mail", title=title, detail=str(mail.get_state_display())
        )


def _notes(payers: Sequence[Payer]) -> Iterator[HistoryItem]:
    for note in PayerNote.objects.shown().filter(payer__in=payers).select_related("author"):
        yield HistoryItem(
            at=note.created_at, kind="note", title=note.text, detail=f"Note by {note.author or 'a former colleague'}"
        )


def _merges(payers: Sequence[Payer]) -> Iterator[HistoryItem]:
    merges = PayerMerge.objects.filter(kept__in=payers) | PayerMerge.objects.filter(merged__in=payers)
    for merge in merges.select_related("kept", "merged", "by", "undone_by"):
        yield HistoryItem(
            at=merge.at, kind="change", title=f"{merge.merged.name} was merged into {merge.kept.name}",
            detail=f"By {merge.by}" if merge.by else "",
        )  # fmt: skip
        if merge.undone_at:
            yield HistoryItem(
                at=merge.undone_at, kind="change", title=f"{merge.merged.name} was parted from {merge.kept.name}",
                detail=f"By {merge.undone_by}" if merge.undone_by else "",
            )  # fmt: skip


def _changes(payers: Sequence[Payer]) -> Iterator[HistoryItem]:
    """Which fields staff changed. Not their values: what somebody took back must not live on here."""
    changes = ModelLogEntry.objects.filter(action=CONTACT_CHANGED, object_id__in=[str(payer.pk) for payer in payers])
    for change in changes.select_related("user"):
        fields = ", ".join(change.data.get("fields", []))
        yield HistoryItem(
            at=change.timestamp, kind="change", title="Contact details changed",
            detail=f"{fields}. By {change.user}" if change.user else fields,
        )  # fmt: skip
