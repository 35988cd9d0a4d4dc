"""Whose seats these are: by a log-in, or by a signed link that was opened in this very session."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F, Q
from django.http import Http404, HttpRequest

from accounts.mailed_links import public_id_in
from accounts.people import addresses_of
from training.bookings import links
from training.bookings.mails import is_bookers_own
from training.models import Booking, Enrolment
from training.models.bookings import EnrolmentQuerySet

# The visitor's own session remembers which links it opened; each is looked at anew at every request.
SESSION_KEY = "training_links"
REMEMBERED = 10


@dataclass(frozen=True, kw_only=True)
class Opened:
    """What a link or a log-in opens: a booking with all of its seats, or one seat alone."""

    token: str
    booking: Booking | None
    seats: EnrolmentQuerySet

    def seat(self, public_id: UUID) -> Enrolment:
        """Raises Http404 for a seat of somebody else."""
        found = self.seats.filter(public_id=public_id).first()
        if found is None:
            raise Http404
        return found

    def may_end(self, enrolment: Enrolment) -> bool:
        """Who booked a seat gives it up, or moves it; whoever was given one for nothing does so themselves."""
        return self.booking is not None or enrolment.booking_id is None or is_bookers_own(enrolment)


def find(token: str, user: Any) -> Opened:
    """What this token opens. Whoever is signed in as its owner needs no live one. Raises Http404."""
    opened = _open(token, user)
    if opened is None:
        raise Http404
    return opened


def _open(token: str, user: Any) -> Opened | None:
    public_id = public_id_in(token)
    if public_id is None:
        return None
    booking = Booking.objects.select_related("payer").filter(public_id=public_id).first()
    if booking and (_is_payer(user, booking) or links.opens_booking(token, booking)):
        return Opened(token=links.token_of_booking(booking), booking=booking, seats=_shown(Q(booking=booking)))
    seat = Enrolment.objects.select_related("session").filter(public_id=public_id).first()
    if seat and (_takes_part(user, seat) or links.opens_seat(token, seat)):
        return Opened(token=links.token_of_seat(seat), booking=None, seats=_shown(Q(pk=seat.pk)))
    return None


def _is_payer(user: Any, booking: Booking) -> bool:
    """Not of an applicant's booking: somebody may pay the rest for them, and is to see no more of it."""
    is_theirs = user.is_authenticated and booking.payer.user_id == user.pk
    return bool(is_theirs and not booking.enrolments.filter(application__isnull=False).exists())


def _takes_part(user: Any, seat: Enrolment) -> bool:
    return bool(user.is_authenticated and Enrolment.objects.filter(belongs_to(user), pk=seat.pk).exists())


def _shown(which: Q) -> EnrolmentQuerySet:
    found: EnrolmentQuerySet = Enrolment.objects.filter(which).select_related(
        "session__page__refund_rules", "ticket", "booking", "session__replay"
    )
    return found.order_by("pk")


def remember(request: HttpRequest, opened: Opened) -> None:
    """Let this browser go on to lessons and recordings of what it opened."""
    known = [token for token in request.session.get(SESSION_KEY, []) if token != opened.token]
    request.session[SESSION_KEY] = [*known, opened.token][-REMEMBERED:]


def enrolments_of(request: HttpRequest) -> EnrolmentQuerySet:
    """Confirmed seats of this visitor, by log-in or by links that they opened."""
    mine = Q(pk__in=[])
    if request.user.is_authenticated:
        mine |= belongs_to(request.user)
    for opened in _opened_in(request):
        mine |= Q(pk__in=[seat.pk for seat in opened.seats])
    confirmed: EnrolmentQuerySet = Enrolment.objects.confirmed().filter(mine)
    return confirmed


def _opened_in(request: HttpRequest) -> Iterator[Opened]:
    for token in request.session.get(SESSION_KEY, []):
        if opened := _open(str(token), request.user):
            yield opened


def belongs_to(user: Any) -> Q:
    """Seats in which this user takes part: theirs by log-in, by a proved address, or booked for themselves."""
    # Who pays the rest of a bursary need not be who takes part.
    own = Q(booking__payer__user=user, email=F("booking__email"), application=None) & ~Q(email="")
    mine = Q(user=user) | own
    for address in addresses_of(user):
        mine |= Q(email__iexact=address)
    return mine
