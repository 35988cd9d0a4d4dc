"""Money of a booking went back, by whatever way: who was paid back whole has no seat any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps

from payments.lines_in_books import payment_of
from payments.refund_parts import left_of
from training.bookings.ending import end

if TYPE_CHECKING:
    from receipts.models import Transaction
    from training.models import Booking


def follow(booking: Booking, booked: Transaction) -> None:
    """Free the seats for which nothing is left of what was paid. Call it in the transaction that books the refund.

    A part of the price given back leaves the seat. A payment that paid a second time was for nothing: another one
    still pays the seat.
    """
    payment = payment_of(booked)
    if payment is None or booking.state != booking.State.PAID:
        return
    left = left_of(payment)
    paid_by_it = {one.line.subject for one in left if one.line.amount or one.line.tax}
    still_paid = {one.line.subject for one in left if one.gross}
    enrolments = list(booking.enrolments.filter(state="confirmed", holds_seat=True).order_by("pk"))
    gone = [
        enrolment
        for enrolment in enrolments
        if {enrolment.subject, enrolment.gift_subject} & paid_by_it
        and not {enrolment.subject, enrolment.gift_subject} & still_paid
        and not _is_paid_by_another(booking, payment.pk)
    ]
    for enrolment in gone:
        end(enrolment, "money_back")


def _is_paid_by_another(booking: Booking, payment: int) -> bool:
    others = apps.get_model("payments", "Payment").objects.filter(
        items__payable_kind=booking._meta.label_lower, items__payable_id=booking.pk, status="paid"
    )
    return any(any(one.gross for one in left_of(other)) for other in others.exclude(pk=payment))
