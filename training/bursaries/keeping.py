"""The seat of an applicant: kept from the moment they ask, theirs when it is paid for, or free again."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from training.bursaries import awards
from training.models import Booking, Enrolment
from training.seats.freeing import give_back


@transaction.atomic
def let_go(enrolment: Enrolment, *, ended: str) -> bool:
    """Nobody keeps this seat any more. False where it is not kept: booked, or free already."""
    if enrolment.booking_id and not _close(enrolment.booking_id):
        return False
    return _end(enrolment, ended)


def _close(booking: int) -> bool:
    """Not while its rest is at the checkout; and no checkout begins once this is done (``hold`` asks the same row)."""
    waiting = Booking.objects.filter(pk=booking, state__in=Booking.NOT_PLACED, holds_seats=False)
    return bool(waiting.update(state=Booking.State.LAPSED))


def _end(enrolment: Enrolment, ended: str) -> bool:
    mine = Enrolment.objects.filter(pk=enrolment.pk, state=Enrolment.State.KEPT, holds_seat=True)
    if not mine.update(state=Enrolment.State.CANCELLED, holds_seat=False, cancelled_at=timezone.now(), ended=ended):
        return False
    give_back({enrolment.ticket_id: 1})
    awards.end(enrolment)
    enrolment.refresh_from_db()
    return True
