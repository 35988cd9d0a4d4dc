"""What payments knows of a supporter beside what is in the books: what failed, waits, or was disputed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db.models import Q
from django.urls import reverse

from payments.models import Dispute, Payment, Refund, RenewalFailure
from receipts.history import HistoryItem
from receipts.models import Payer

Status = Payment.Status
# What is paid is in the books, which tell of it. A checkout that nobody finished is no failure.
TOLD = {
    Status.FAILED: ("failed", "Payment failed"),
    Status.PARKED: ("failed", "Payment needs a look"),
    Status.EXPIRED: ("failed", "Checkout left without paying"),
    Status.PROCESSING: ("payment", "Payment on its way"),
}


def payments_history(payers: Sequence[Payer]) -> Iterator[HistoryItem]:
    yield from _not_booked(payers)
    yield from _failed_renewals(payers)
    yield from _refunds(payers)
    yield from _disputes(payers)


def _not_booked(payers: Sequence[Payer]) -> Iterator[HistoryItem]:
    for payment in Payment.objects.filter(payer__in=payers, status__in=TOLD).prefetch_related("lines"):
        kind, title = TOLD[Status(payment.status)]
        at, detail = payment.created_at, payment.describe()
        yield _item(payment, at=at, kind=kind, title=title, detail=detail, amount=payment.amount)


def _failed_renewals(payers: Sequence[Payer]) -> Iterator[HistoryItem]:
    for failure in RenewalFailure.objects.filter(plan__payer__in=payers):
        yield HistoryItem(
            at=failure.recorded_at,
            kind="failed",
            title="Renewal failed",
            detail=_words(failure.reason, f"try {failure.attempt}" if failure.next_attempt_at else "the last try"),
            amount=failure.amount or None,
            currency=failure.currency,
        )


def _refunds(payers: Sequence[Payer]) -> Iterator[HistoryItem]:
    """Those that are not in the books: on their way, or failed before they got there."""
    waiting = Refund.objects.filter(Q(transaction=None) | Q(status=Refund.Status.FAILED), payment__payer__in=payers)
    for refund in waiting.select_related("payment"):
        title = f"Refund: {refund.get_status_display().lower()}"
        yield _item(
            refund.payment, at=refund.created_at, kind="refund", title=title, detail=refund.reason,
            amount=None if refund.transaction_id else -refund.amount,
        )  # fmt: skip


def _disputes(payers: Sequence[Payer]) -> Iterator[HistoryItem]:
    for dispute in Dispute.objects.filter(payment__payer__in=payers).select_related("payment"):
        words = _words(dispute.status, dispute.reason)
        yield _item(
            dispute.payment, at=dispute.opened_at, kind="dispute", title="The bank disputes a payment", detail=words,
            amount=None,
        )  # fmt: skip


def _words(*codes: str) -> str:
    return ", ".join(code.replace("_", " ") for code in codes if code)


def _item(payment: Payment, *, at: datetime, kind: str, title: str, detail: str, amount: int | None) -> HistoryItem:
    return HistoryItem(
        at=at,
        kind=kind,
        title=title,
        detail=detail,
        amount=amount,
        currency=payment.currency,
        url=reverse("payments:inspect", args=[payment.pk]),
        permission="payments.view_payment",
    )
