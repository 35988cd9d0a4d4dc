"""What training knows of a person: found by staff, in the download, and gone when they leave."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts import privacy
from accounts.models import User
from receipts.history import history_of
from receipts.searching import find_payers
from tests.training.booked import a_booking, a_payer, the_seat
from training.bookings.naming import name_seat
from training.models import Application, Certificate, Enrolment, Session, SurveyAsked, WaitingEntry

pytestmark = pytest.mark.django_db
TABLES = ("training_booking", "training_enrolment", "training_waitingentry", "training_application",
          "training_certificate")  # fmt: skip


@pytest.fixture
def seat(session: Session, alice: User) -> Enrolment:
    """Alice's seat, under an alias, with all that training can know of her."""
    seat = the_seat(a_booking(session.tickets.get(), payer=a_payer(alice.email, name=alice.name, user=alice)))
    name_seat(seat, name="Alice Adams", alias="Canary")
    application = Application(enrolment=seat, answer="Canary answer", state="approved", decided_at=timezone.now())
    application.words = "Canary words"
    application.save()
    today = timezone.now().date()
    Certificate.objects.create(
        enrolment=seat, name="Canary", course="Sewing", hours=12, starts_on=today, ends_on=today, issuer="Harbour Light"
    )
    SurveyAsked.objects.create(enrolment=seat)
    WaitingEntry.objects.create(ticket=seat.ticket, session=session, name="Canary", email="Alice@example.org")
    return seat


def stored() -> str:
    with connection.cursor() as cursor:
        rows: list[Any] = []
        for table in TABLES:
            cursor.execute(f"SELECT * FROM {table}")  # noqa: S608
            rows += cursor.fetchall()
    return str(rows).lower()


def test_the_download_holds_all_of_it(seat: Enrolment, alice: User, charlie: User) -> None:
    tables = {table.name: table.rows for table in privacy.tables_of(privacy.person_of(alice))}
    (row,) = tables["seats"]
    assert (row["called_on_lists"], row["name"], row["amount"]) == ("Canary", "Alice Adams", "90.00")
    assert tables["bursary-applications"][0]["words"] == "Canary words"
    assert tables["certificates"][0]["name"] == tables["waiting-lists"][0]["name"] == "Canary"
    assert len(tables["bookings"]) == 1
    assert not {"seats", "bookings"} & {table.name for table in privacy.tables_of(privacy.person_of(charlie))}


def test_it_is_gone_when_they_leave_and_the_count_and_the_books_stay(seat: Enrolment, alice: User) -> None:
    assert "canary" in stored() and "alice@example.org" in stored()
    person = privacy.person_of(alice)
    assert any("still to come" in note for note in privacy.erasure_notes(person))
    privacy.erase(person)
    assert "canary" not in stored() and "alice" not in stored()
    seat.refresh_from_db()
    assert seat.is_confirmed and seat.paid == 9000 and not seat.person and seat.user is None
    assert Certificate.objects.get().revoked_at and not SurveyAsked.objects.exists()
    assert WaitingEntry.objects.get().state == "left"


def test_a_seat_that_was_booked_for_somebody_else_stays_theirs(session: Session, alice: User) -> None:
    booking = a_booking(session.tickets.get(), 2, payer=a_payer(alice.email, name=alice.name, user=alice))
    hers = booking.enrolments.all()[0]
    name_seat(hers, name="Ann", email="ann@example.org")
    privacy.erase(privacy.person_of(alice))
    hers.refresh_from_db()
    assert (hers.shown_as, hers.email) == ("Ann", "ann@example.org")


def test_staff_find_who_booked_by_the_number_and_read_no_alias(seat: Enrolment) -> None:
    booking = seat.booking
    assert booking
    typed = f"{booking.number[:4]}-{booking.number[4:].lower()}"
    assert [payer.pk for payer in find_payers(typed)] == [booking.payer_id]
    (item,) = [one for one in history_of([booking.payer]) if one.kind == "booking"]
    assert booking.number in item.title and "Canary" not in str(item) and "1 seat" in item.detail
