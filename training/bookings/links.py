"""The signed links to a booking and to one seat of it (``accounts.mailed_links``).

Who booked has the first: it shows every seat, and what was paid. Who takes part has the second, which shows theirs
alone. Both are good until a year after the last meeting.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from accounts import mailed_links

if TYPE_CHECKING:
    from training.models import Booking, Enrolment

GOOD_FOR = timedelta(days=365)
BOOKING, SEAT = "training.booking", "training.seat"


def booking_path(booking: Booking) -> str:
    return reverse("training_booking", args=[token_of_booking(booking)])


def seat_path(enrolment: Enrolment) -> str:
    return reverse("training_booking", args=[token_of_seat(enrolment)])


def booking_url(booking: Booking) -> str:
    """The link to be mailed to who booked."""
    return settings.BASE_URL + booking_path(booking)


def seat_url(enrolment: Enrolment) -> str:
    """The link to be mailed to who takes part."""
    return settings.BASE_URL + seat_path(enrolment)


def token_of_booking(booking: Booking) -> str:
    return mailed_links.token_of(booking.public_id, use=BOOKING, email=booking.email)


def token_of_seat(enrolment: Enrolment) -> str:
    return mailed_links.token_of(enrolment.public_id, use=SEAT, email=enrolment.email)


def opens_booking(token: str, booking: Booking) -> bool:
    """Whether this token opens this booking, and still does."""
    last = booking.enrolments.aggregate(last=Max("session__ends_at"))["last"] or booking.created_at
    is_good = last > timezone.now() - GOOD_FOR
    return is_good and mailed_links.opens(token, booking.public_id, use=BOOKING, email=booking.email)


def opens_seat(token: str, enrolment: Enrolment) -> bool:
    """As ``opens_booking``, for one seat. A seat without an address was mailed to nobody."""
    last = enrolment.session.ends_at or enrolment.created_at
    is_good = bool(enrolment.email) and last > timezone.now() - GOOD_FOR
    return is_good and mailed_links.opens(token, enrolment.public_id, use=SEAT, email=enrolment.email)
