"""Where a bursary pays a part: the applicant pays the rest by a booking of the seat that is kept for them, in time."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.people import addresses_of
from payments import checkout
from payments.models import Payment
from receipts.models import Payer
from receipts.payers import PayerDetails, find_or_create_payer
from training.bursaries import mails
from training.bursaries.deciding import Changed
from training.bursaries.keeping import let_go
from training.models import Application, Booking, Enrolment, Session


def begin(
    application: Application, payer_details: PayerDetails, *, user: Any, cancel_path: str, locale: str
) -> Payment:
    """Start (or go on with) the checkout of the rest. Who pays need not be who takes part.

    Raises:
        Changed: there is nothing to pay any more.
        goods.NotAvailable, checkout.CheckoutUnavailable, checkout.AlreadyPaid: as their names say.
    """
    payer = find_or_create_payer(user=_if_it_is(user, payer_details.email), **asdict(payer_details))
    booking = _booking_of(application.enrolment, payer)
    return checkout.start(payer=booking.payer, payables=[booking], cancel_path=cancel_path, locale=locale)


def _if_it_is(user: Any, email: str) -> Any:
    """Who is signed in, where they pay themselves: what another is called must not become what they are called."""
    is_own = user is not None and user.is_authenticated and email.lower() in {*addresses_of(user), user.email.lower()}
    return user if is_own else None


@transaction.atomic
def _booking_of(enrolment: Enrolment, payer: Payer) -> Booking:
    enrolment.refresh_from_db()
    if enrolment.booking_id is None:
        booking = Booking.objects.create(
            payer=payer, email=enrolment.email, language=enrolment.language, currency=enrolment.currency
        )
        kept = Enrolment.objects.filter(pk=enrolment.pk, state=Enrolment.State.KEPT, booking=None)
        if not kept.update(booking=booking):
            raise Changed
        return booking
    mine = Booking.objects.filter(pk=enrolment.booking_id)
    # Somebody else may pay it than who tried first; not while that one is at the checkout.
    mine.filter(state__in=Booking.NOT_PLACED, holds_seats=False).update(payer=payer)
    return mine.select_related("payer").get()


def leave_checkout(enrolment: Enrolment) -> bool:
    """End the checkout of the rest, if one is open, so that the seat can be let go. False where it is being paid."""
    payment = checkout.open_payment(enrolment.booking) if enrolment.booking else None
    if payment is None:
        return True
    try:
        checkout.close(payment)
    except (checkout.AlreadyPaid, checkout.CheckoutUnavailable):
        return False
    return True


def end_what_is_over() -> int:
    """The scheduled job: seats kept for a rest that was not paid in time, or of a session that begins or is cancelled.

    Returns how many are free again.
    """
    now = timezone.now()
    unpaid = Q(state=Application.State.APPROVED, pay_until__lte=now)
    too_late = Q(enrolment__session__starts_at__lte=now) | Q(enrolment__session__state=Session.State.CANCELLED)
    kept = Application.objects.filter(unpaid | too_late, enrolment__state=Enrolment.State.KEPT)
    waiting = kept.select_related("enrolment__booking").order_by("pk")
    return sum(_end(application) for application in waiting if leave_checkout(application.enrolment))


@transaction.atomic
def _end(application: Application) -> bool:
    """Told once: the seat is let go once."""
    ended = Enrolment.Ended.BY_STAFF
    if application.enrolment.session.state == Session.State.CANCELLED:
        ended = Enrolment.Ended.SESSION
    if not let_go(application.enrolment, ended=ended):
        return False
    undecided = Application.objects.filter(pk=application.pk, state__in=Application.OPEN)
    undecided.update(state=Application.State.DECLINED, decided_at=timezone.now())
    mails.news(application)
    return True
