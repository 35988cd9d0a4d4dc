"""What happens to a booking with its payment: held, placed, let go. Each of them once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import transaction
from django.utils import timezone

from payments.checkout import refuse_if_paid_meanwhile
from payments.goods import NotAvailable
from payments.models import Payment
from payments.owed import owe
from payments.payables import Line
from receipts.chart import Account
from receipts.models import Fund
from training.bookings import mails
from training.bursaries import awards
from training.seats.freeing import give_back
from training.seats.taking import take
from training.waiting import offers

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from receipts.models import Transaction
    from training.models import Booking, Enrolment

# As `Line.description` is kept.
LONGEST = 200
FULL = "Full before it was paid"
ENDED = "This seat is not kept for you any more."
TWICE = "Paid twice"


def lines_of(booking: Booking) -> list[Line]:
    """For each seat what is paid for it, and apart from that what is given with it."""
    fund = Fund.unrestricted()
    enrolments = booking.enrolments.select_related("session__page", "ticket").order_by("pk")
    return [line for enrolment in enrolments for line in _lines(enrolment, fund)]


def _lines(enrolment: Enrolment, fund: Fund) -> Iterable[Line]:
    page = enrolment.session.page
    seat = Line(
        account=Account.COURSE_FEES if page.is_course else Account.EVENT_TICKETS,
        fund=fund,
        amount=enrolment.amount,
        tax=enrolment.tax,
        taxes=tuple(enrolment.taxes),
        currency=enrolment.currency,
        description=f"{page.title}: {enrolment.ticket.name}"[:LONGEST],
        subject=enrolment.subject,
    )
    if enrolment.amount or enrolment.tax or not enrolment.gift:
        yield seat
    if enrolment.gift:
        yield Line(
            account=Account.GIFTS,
            fund=fund,
            amount=enrolment.gift,
            currency=enrolment.currency,
            description=f"Gift with “{page.title}”"[:LONGEST],
            subject=enrolment.gift_subject,
        )


@transaction.atomic
def hold(booking: Booking) -> None:
    """A checkout was started: its seats are set apart, once however often it is started.

    A seat that was offered to who waited, or is kept for an applicant, is theirs already. Raises NotAvailable (then
    nothing is held) and AlreadyPaid.
    """
    refuse_if_paid_meanwhile(booking)
    waiting_for_money = _mine(booking).filter(state__in=booking.NOT_PLACED, holds_seats=False)
    if waiting_for_money.update(state=booking.State.UNPAID, holds_seats=True):
        _refuse_what_ended(booking)
        _set_apart(booking)


def _refuse_what_ended(booking: Booking) -> None:
    """A seat that was kept until its rest is paid may have been given back meanwhile, and its bursary with it."""
    if booking.enrolments.filter(state="cancelled").exists():
        raise NotAvailable(ENDED)


def _set_apart(booking: Booking) -> None:
    enrolments = list(booking.enrolments.filter(holds_seat=False).order_by("pk"))
    offers.take_up(Counter(enrolment.offer_id for enrolment in enrolments if enrolment.offer_id))
    take(Counter(enrolment.ticket_id for enrolment in enrolments if not enrolment.offer_id))
    _rows(enrolments).update(state="held", holds_seat=True)


@transaction.atomic
def let_go(booking: Booking) -> None:
    """The checkout ended without money: what was set apart is for others again, or offered still."""
    if _mine(booking).filter(state=booking.State.UNPAID, holds_seats=True).update(holds_seats=False):
        held = list(booking.enrolments.filter(state="held", holds_seat=True).order_by("pk"))
        _rows(held).update(state="lapsed", holds_seat=False)
        still_offered = offers.reopen(Counter(e.offer_id for e in held if e.offer_id))
        give_back(Counter(e.ticket_id for e in held if e.offer_id not in still_offered))
    _mine(booking).filter(state=booking.State.UNPAID).update(state=booking.State.LAPSED)


@transaction.atomic
def place(booking: Booking, booked: Transaction | None) -> None:
    """It is paid: its seats are theirs. Without a hold any more, take them anew, or else owe the money back."""
    at = booked.occurred_at if booked else timezone.now()
    if not _mine(booking).filter(state__in=booking.NOT_PLACED).update(state=booking.State.PAID, placed_at=at):
        # A second payment of what was paid already buys nothing.
        owe_all(booking, booked, TWICE)
        return
    booking.refresh_from_db()
    if not _mine(booking).filter(holds_seats=True).update(holds_seats=False):
        try:
            _take_anew(booking)
        except NotAvailable:
            _mine(booking).update(state=booking.State.UNFILLABLE)
            booking.enrolments.exclude(holds_seat=True).update(state="unfillable")
            booking.refresh_from_db()
            owe_all(booking, booked, FULL)
            mails.full(booking)
            return
    booking.refresh_from_db()
    seats = booking.enrolments.filter(holds_seat=True)
    seats.update(state="confirmed", confirmed_at=timezone.now())
    for seat in seats.filter(application__isnull=False):
        awards.release(seat)
    offers.settle(Counter(pk for pk in booking.enrolments.values_list("offer", flat=True) if pk))
    mails.confirmed(booking)


@transaction.atomic
def _take_anew(booking: Booking) -> None:
    """The hold was released before the money came: whoever paid comes before who only waits.

    What is offered to them again by then is theirs without another seat.
    """
    _refuse_what_ended(booking)
    enrolments = list(booking.enrolments.filter(holds_seat=False).order_by("pk"))
    offered = [enrolment for enrolment in enrolments if enrolment.offer_id]
    try:
        offers.take_up(Counter(enrolment.offer_id for enrolment in offered if enrolment.offer_id))
    except NotAvailable:
        offered = []
    new = [enrolment for enrolment in enrolments if enrolment not in offered]
    take(Counter(enrolment.ticket_id for enrolment in new), from_the_line=True)
    _rows(enrolments).update(state="held", holds_seat=True)


def owe_all(booking: Booking, booked: Transaction | None, reason: str) -> None:
    """What this payment paid for the booking goes back whole: what else was bought with it stays."""
    payment = Payment.objects.filter(transaction=booked).first() if booked else None
    if payment is None:
        return
    mine = payment.lines.filter(item__payable_kind=booking._meta.label_lower, item__payable_id=booking.pk)
    owe(
        payment,
        [(line, line.quantity, 100) for line in mine],
        cause=f"booking:{booking.pk}:{payment.pk}",
        reason=f"{reason} (booking {booking.number})",
    )


def _mine(booking: Booking) -> QuerySet[Booking]:
    """The row itself, for conditional updates: what we were given may be old."""
    return type(booking).objects.filter(pk=booking.pk)


def _rows(enrolments: Iterable[Enrolment]) -> QuerySet[Enrolment]:
    rows: QuerySet[Enrolment] = apps.get_model("training", "Enrolment").objects.filter(
        pk__in=[enrolment.pk for enrolment in enrolments]
    )
    return rows
