"""What was paid for one seat, as it stands in the books, and what of it goes back."""

from __future__ import annotations

from typing import Any

from payments.models import Payment
from payments.models.owed import OwedRefund
from payments.owed import owe, part_of
from payments.refund_parts import LineLeft, left_of, total_of
from training.models import Enrolment


def payment_of(enrolment: Enrolment) -> Payment | None:
    """The payment that paid for the seat. One that paid a second time goes back whole, and is none of its."""
    subjects = [enrolment.subject, enrolment.gift_subject]
    return Payment.objects.paid().filter(lines__subject__in=subjects).order_by("paid_at", "pk").distinct().first()


def lines_left(enrolment: Enrolment) -> list[LineLeft]:
    """What may still be given back for it: its fee, and what was given with it."""
    payment = payment_of(enrolment) if enrolment.booking_id else None
    mine = {enrolment.subject, enrolment.gift_subject}
    return [left for left in left_of(payment) if left.line.subject in mine] if payment else []


def goes_back(enrolment: Enrolment, percent: int) -> int:
    """At so many percent, in minor units of its currency. Owed as it is said here (``owe_for``)."""
    return total_of(part_of(left, left.line.quantity, percent) for left in lines_left(enrolment)) if percent else 0


def owe_for(enrolment: Enrolment, percent: int, *, reason: str, by: Any = None) -> OwedRefund | None:
    """Call it in the transaction that ends the seat; however often, it is owed once."""
    payment = payment_of(enrolment) if enrolment.booking_id else None
    if payment is None:
        return None
    lines = [(left.line, left.line.quantity, percent) for left in lines_left(enrolment)]
    return owe(payment, lines, cause=f"seat:{enrolment.pk}", reason=reason, by=by)
