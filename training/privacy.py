"""What training knows of a person, and what is left of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.files.storage import storages
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.privacy import Facts, Person, Table
from receipts.money import plain
from training.bursaries.keeping import let_go
from training.models import Application, Booking, Certificate, Enrolment, SurveyAsked, WaitingEntry

State = Enrolment.State


def export(person: Person) -> Iterable[Table]:
    seats = seats_of(person).select_related("session__page", "ticket", "booking").order_by("pk")
    yield Table(name="bookings", rows=[_booking(booking) for booking in bookings_of(person).order_by("created_at")])
    yield Table(name="seats", rows=[_seat(seat) for seat in seats])
    applications = Application.objects.filter(enrolment__in=seats).select_related("enrolment__session__page")
    yield Table(name="bursary-applications", rows=[_application(one) for one in applications])
    certificates = Certificate.objects.filter(enrolment__in=seats).order_by("issued_at")
    yield Table(name="certificates", rows=[_certificate(one) for one in certificates])
    entries = entries_of(person).select_related("session__page").order_by("since")
    yield Table(name="waiting-lists", rows=[_entry(entry) for entry in entries])


def bookings_of(person: Person) -> QuerySet[Booking]:
    """What they paid for. What a bursary leaves to pay is the trainee's own, whoever pays it."""
    applied = Q(pk__in=Booking.objects.filter(enrolments__application__isnull=False))
    mine = Q(payer__in=person.payers) & ~applied | Q(address__in=person.emails) & applied
    found: QuerySet[Booking] = Booking.objects.annotate(address=Lower("email")).filter(mine)
    return found


def seats_of(person: Person) -> Any:
    """Seats in which this person takes part, and those that they booked and named nobody else for."""
    # Who paid the rest of a bursary need not be the applicant, whose words and name nobody else may read.
    mine = Q(booking__in=bookings_of(person), application=None) & (Q(email="") | Q(email=F("booking__email")))
    if person.user:
        mine |= Q(user=person.user)
    return Enrolment.objects.annotate(address=Lower("email")).filter(mine | Q(address__in=person.emails))


def entries_of(person: Person) -> Any:
    mine = Q(address__in=person.emails)
    if person.user:
        mine |= Q(user=person.user)
    return WaitingEntry.objects.annotate(address=Lower("email")).filter(mine)


def _booking(booking: Booking) -> Facts:
    return {
        "number": booking.number,
        "state": booking.get_state_display(),
        "email": booking.email,
        "began": booking.created_at,
        "booked": booking.placed_at,
    }


def _seat(seat: Enrolment) -> Facts:
    return {
        "booking": seat.booking.number if seat.booking else "",
        "what": seat.session.page.title,
        "begins": seat.session.starts_at,
        "state": seat.get_state_display(),
        "called_on_lists": seat.shown_as,
        "name": seat.person,
        "email": seat.email,
        "amount": plain(seat.amount, seat.currency),
        "tax": plain(seat.tax, seat.currency),
        "gift": plain(seat.gift, seat.currency),
        "currency": seat.currency,
        "completed": seat.completed_at,
    }


def _application(application: Application) -> Facts:
    return {
        "what": application.enrolment.session.page.title,
        "state": application.get_state_display(),
        "submitted": application.submitted_at,
        "can_pay": plain(application.can_pay, application.enrolment.currency),
        "words": application.words,
        "answer": application.answer,
    }


def _certificate(certificate: Certificate) -> Facts:
    return {
        "code": certificate.code,
        "name": certificate.name,
        "course": certificate.course,
        "issued": certificate.issued_at,
        "revoked": certificate.revoked_at,
    }


def _entry(entry: WaitingEntry) -> Facts:
    return {
        "what": entry.session.page.title,
        "name": entry.name,
        "email": entry.email,
        "seats": entry.wanted,
        "state": entry.get_state_display(),
        "since": entry.since,
    }


def erase(person: Person) -> None:
    """Names, addresses and words go. That a seat was taken and paid for stays, for the books and for the count."""
    seats, booked = list(seats_of(person)), [booking.pk for booking in bookings_of(person)]
    keys = [seat.pk for seat in seats]
    for kept in (seat for seat in seats if seat.state == State.KEPT):
        let_go(kept, ended=Enrolment.Ended.BY_TRAINEE)
    open_ones = Application.objects.filter(enrolment__in=keys, state__in=Application.OPEN)
    open_ones.update(state=Application.State.WITHDRAWN)
    Application.objects.filter(enrolment__in=keys).update(sealed_words="", answer="")
    SurveyAsked.objects.filter(enrolment__in=keys).delete()
    _forget_certificates(keys)
    Enrolment.objects.filter(pk__in=keys).update(shown_as="", sealed_person="", email="", user=None)
    entries = [entry.pk for entry in entries_of(person)]
    waiting = WaitingEntry.objects.filter(pk__in=entries)
    waiting.filter(state__in=WaitingEntry.IN_LINE).update(state=WaitingEntry.State.LEFT)
    waiting.update(name="", email="", user=None)
    Booking.objects.filter(pk__in=booked).update(email="")


def _forget_certificates(seats: list[int]) -> None:
    """A certificate without a name certifies nothing: whoever verifies it is told that it does not hold any more."""
    mine = Certificate.objects.filter(enrolment__in=seats)
    for certificate in mine.exclude(file=""):
        storages["private"].delete(certificate.file)
    mine.filter(revoked_at=None).update(revoked_at=timezone.now(), revoked_why="Erased at the person’s wish")
    mine.update(name="", file="")


def notes(person: Person) -> Iterable[str]:
    """Said before somebody is erased: what is still to come goes on without a name and without a mail."""
    coming = seats_of(person).filter(state=State.CONFIRMED, session__ends_at__gt=timezone.now()).count()
    if coming:
        seats = "1 seat" if coming == 1 else f"{coming} seats"
        yield f"{seats} booked are still to come: cancel first if money is to go back. Afterwards nobody can."
