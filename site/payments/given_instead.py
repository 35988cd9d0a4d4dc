"""What was paid for something that did not come about is left as a gift: the books, the credit note, the receipt."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction

from payments.invoicing import credit
from payments.lines_in_books import BookedLine, booked_lines
from payments.models import Payment
from payments.refund_parts import LineLeft, left_of
from receipts import ledger
from receipts.invoices.wording import GIVEN
from receipts.issuing import issue_receipt
from receipts.models import Fund
from receipts.months import day_of

# Disputes that are over: what they took is gone from the books.
OVER = ("won", "lost", "warning_closed", "prevented")


class NothingToGive(Exception):
    """Nothing is left of what was paid, it is on its way back, or its bank disputes it."""


@transaction.atomic
def give_instead(payment: Payment, subject: str, *, reference: str, gift_subject: str, at: datetime) -> int:
    """Leave what is left of the lines of this subject, tax included, as a gift of the day of ``at``.

    Returns the amount in minor units. Asked twice, it is given once: raises NothingToGive where nothing is left.
    """
    # The lock under which refunds look at what is left.
    payment = Payment.objects.select_for_update().get(pk=payment.pk)
    left = {one.line.pk: one for one in left_of(payment)}
    lines = [one for one in booked_lines(payment) if one.line.subject == subject]
    parts = [part for one in lines for part in _parts(one, left[one.line.pk])]
    amount = sum(part for _, part in parts)
    # A refund on its way that names no lines takes from all of them, and what a bank disputes may be gone tomorrow.
    is_there = 0 < amount <= payment.refundable_amount and not payment.disputes.exclude(status__in=OVER).exists()
    if payment.transaction is None or not is_there:
        raise NothingToGive
    booked, is_new = ledger.record_given_instead(
        reference=reference,
        of=payment.transaction,
        parts=parts,
        fund=Fund.unrestricted(),
        occurred_at=at,
        subject=gift_subject,
        description="Given instead of taken back",
    )
    if is_new:
        credit(booked, on=day_of(at), reason=GIVEN)
        issue_receipt(booked, on=day_of(at), sandbox=settings.STRIPE_MODE != "live")
    return amount


def _parts(booked: BookedLine, left: LineLeft) -> list[tuple[int, int]]:
    entries = [(booked.income, left.amount), (booked.tax, left.tax)]
    return [(entry.pk, rest) for entry, rest in entries if entry and rest]
