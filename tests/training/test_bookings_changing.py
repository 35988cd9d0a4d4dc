"""Giving a seat up and moving it, by the rules that were shown before it was paid."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from accounts.models import OutgoingMail
from payments.models import OwedRefund, Refund
from receipts import ledger
from receipts.checks import books_problems
from receipts.models import Fund
from tests.reading import text_of
from tests.training.booked import a_booking, rules_for, the_seat
from tests.training.enrolling import Trainee
from tests.training.rows import make_session
from training.bookings import cancelling, moving
from training.bookings.links import booking_path, token_of_booking, token_of_seat
from training.models import Application, Award, Booking, CoursePage, Enrolment, RefundRules, RefundStep, Session, Ticket
from training.seats.checks import problems

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def booking(session: Session) -> Booking:
    """$90.00, a month before: all of it goes back until 14 days before, half until 7."""
    rules_for(session, (14, 100), (7, 50), move_days=3)
    return a_booking(session.tickets.get())


def address(name: str, booking: Booking, seat: Enrolment | None = None) -> str:
    seat = seat or the_seat(booking)
    return reverse(f"training_{name}", args=[token_of_booking(booking), seat.public_id])


def taken(session: Session) -> tuple[int, int]:
    session.refresh_from_db()
    return session.taken, session.tickets.get().taken


class TestCancelling:
    @pytest.mark.parametrize(
        ("days", "said", "percent"),
        [
            (30, "$90.00 of $90.00 goes back", 100),
            (13, "$45.00 of $90.00 goes back", 50),
            (6, "Nothing of the $90.00", 0),
        ],
    )
    def test_what_goes_back_is_said_first_and_then_owed(
        self, client: Client, booking: Booking, session: Session, days: int, said: str, percent: int
    ) -> None:
        begins = timezone.now() + timedelta(days=days, minutes=5)
        Session.objects.update(starts_at=begins, ends_at=begins + timedelta(hours=2), time_zone="UTC")
        page = client.get(address("cancel", booking))
        assert said in text_of(page) and "until 14 days before: 100 %" in text_of(page)
        client.post(address("cancel", booking), {"amount": page.context["terms"].amount})
        assert the_seat(booking).ended == "trainee" and taken(session) == (0, 0)
        owed = list(OwedRefund.objects.values_list("lines__percent", flat=True))
        assert owed == ([percent] if percent else [])
        mail = OutgoingMail.objects.get(kind="training/mail/seat_cancelled")
        assert (said.split(" ")[0] in mail.text) == bool(percent)
        assert not books_problems() and not list(problems())

    def test_less_than_the_page_said_is_asked_again(self, client: Client, booking: Booking) -> None:
        begins = timezone.now() + timedelta(days=6)
        Session.objects.update(starts_at=begins, ends_at=begins + timedelta(hours=2))
        answer = client.post(address("cancel", booking), {"amount": 9000})
        assert answer.status_code == 422 and "has changed since you opened this page" in text_of(answer)
        assert the_seat(booking).is_confirmed

    @pytest.mark.parametrize("amount", ["", "x", "-1", "0"])
    def test_another_amount_is_no_yes(self, client: Client, booking: Booking, amount: str) -> None:
        assert client.post(address("cancel", booking), {"amount": amount}).status_code == 422
        assert the_seat(booking).is_confirmed

    def test_twice_is_once(self, client: Client, booking: Booking, session: Session) -> None:
        stale = the_seat(booking)
        client.post(address("cancel", booking), {"amount": 9000})
        answer = client.post(address("cancel", booking), {"amount": 9000}, follow=True)
        assert "can’t be given up any more" in text_of(answer)
        with pytest.raises(cancelling.CannotCancel):
            cancelling.cancel(stale, ended="trainee", percent=100)
        assert OwedRefund.objects.count() == 1 and taken(session) == (0, 0)
        assert OutgoingMail.objects.filter(kind="training/mail/seat_cancelled").count() == 1

    def test_once_it_has_begun_nobody_gives_it_up_by_themselves(self, client: Client, booking: Booking) -> None:
        Session.objects.update(starts_at=timezone.now() - timedelta(minutes=1))
        assert "Give it up" not in text_of(client.get(booking_path(booking)))
        client.post(address("cancel", booking), {"amount": 0})
        assert the_seat(booking).is_confirmed

    def test_whole_days_are_those_of_the_sessions_own_calendar(self, session: Session) -> None:
        # 23:30 on the 1st in New York, and 04:30 on the 2nd in UTC; it begins on the 15th.
        session.starts_at = datetime(2027, 3, 15, 22, tzinfo=UTC)
        late = datetime(2027, 3, 2, 4, 30, tzinfo=UTC)
        assert cancelling.days_before(session, late) == 14
        session.time_zone = "UTC"
        assert cancelling.days_before(session, late) == 13

    def test_rules_that_staff_change_afterwards_count_for_who_books_afterwards(
        self, trainee: Trainee, session: Session
    ) -> None:
        rules_for(session, (14, 100), (0, 50), move_days=3)
        first = trainee.book(session.tickets.get()).enrolments.get()
        RefundStep.objects.all().delete()
        RefundRules.objects.update(move_days=None)
        second = Trainee(sandbox=trainee.sandbox, client=Client(), details={**trainee.details, "email": "b@x.org"})
        later = second.book(session.tickets.get()).enrolments.get()
        now = timezone.now()
        assert [cancelling.terms_of(one, now).amount for one in (first, later)] == [9000, 0]
        assert moving.may_move(first, now) and not moving.may_move(later, now)

    def test_the_refund_is_what_was_said_and_nothing_more(self, trainee: Trainee, session: Session) -> None:
        rules_for(session, (14, 50))
        booking = trainee.book(Ticket.objects.get(), 2)
        first, second = booking.enrolments.all()
        trainee.client.post(address("cancel", booking, first), {"amount": 4500})
        trainee.give_back()
        assert list(Refund.objects.values_list("amount", "status")) == [(4500, "succeeded")]
        second.refresh_from_db()
        assert second.is_confirmed and taken(session) == (1, 1) and not books_problems()

    def test_a_free_seat_is_given_up_by_who_has_it_and_its_bursary_ends(self, client: Client, session: Session) -> None:
        fund = Fund.objects.create(name="Bursaries", is_restricted=True)
        seat = Enrolment.objects.create(
            session=session, ticket=session.tickets.get(), state="confirmed", holds_seat=True, amount=9000,
            confirmed_at=timezone.now(), currency="USD", email="ann@example.org", shown_as="Ann",
        )  # fmt: skip
        Session.objects.update(taken=1)
        Ticket.objects.update(taken=1)
        released, _ = ledger.record_transfer(
            reference="award:1", amount=9000, currency="USD", giver=fund, receiver=Fund.unrestricted(),
            occurred_at=timezone.now(),
        )  # fmt: skip
        application = Application.objects.create(enrolment=seat, state="approved", decided_at=timezone.now())
        award = Award.objects.create(
            application=application, fund=fund, amount=9000, currency="USD", transaction=released
        )
        assert ledger.fund_balance(fund=fund, currency="USD") == -9000 and not list(problems())
        client.post(reverse("training_cancel", args=[token_of_seat(seat), seat.public_id]), {"amount": 0})
        award.refresh_from_db()
        assert (
            award.ended_at and ledger.fund_balance(fund=fund, currency="USD") == 0 and not OwedRefund.objects.exists()
        )
        assert taken(session) == (0, 0)


class TestMoving:
    @pytest.fixture
    def later(self, course: CoursePage) -> Session:
        return make_session(course, starts_at=timezone.now() + timedelta(days=60), name="Spring", seats=1)

    def test_the_seat_moves_and_the_fee_stays(
        self, client: Client, booking: Booking, session: Session, later: Session
    ) -> None:
        page = client.get(address("move", booking))
        assert "Spring" in text_of(page)
        client.post(address("move", booking), {"ticket": later.tickets.get().pk})
        seat = the_seat(booking)
        assert (seat.session, seat.moved_from, seat.paid) == (later, session, 9000)
        assert taken(session) == (0, 0) and taken(later) == (1, 1)
        assert not OwedRefund.objects.exists() and not books_problems() and not list(problems())
        assert "60" not in OutgoingMail.objects.get(kind="training/mail/seat_moved").subject
        ical = client.get(reverse("training_calendar", args=[token_of_booking(booking)])).content
        states = [str(event["STATUS"]) for event in Calendar.from_ical(ical).walk("VEVENT")]
        assert sorted(states) == ["CANCELLED", "CONFIRMED"]

    def test_full_meanwhile_it_stays_where_it_is(self, booking: Booking, session: Session, later: Session) -> None:
        seat, ticket = the_seat(booking), later.tickets.get()
        chosen = moving.targets_of(seat, timezone.now())
        assert chosen == [ticket]
        a_booking(ticket)
        with pytest.raises(moving.CannotMove):
            moving.move(seat, ticket)
        assert the_seat(booking).session == session and taken(session) == (1, 1) and taken(later) == (1, 1)

    def test_given_up_in_another_tab_it_takes_no_second_seat(self, booking: Booking, later: Session) -> None:
        stale = the_seat(booking)
        cancelling.cancel(the_seat(booking), ended="trainee", percent=0)
        with pytest.raises(moving.CannotMove):
            moving.move(stale, later.tickets.get())
        assert taken(later) == (0, 0)

    @pytest.mark.parametrize(
        "fields", [{"price": 8000}, {"is_own_price": True}, {"value": 5000}, {"is_offered": False}]
    )
    def test_what_costs_something_else_is_not_offered(
        self, client: Client, booking: Booking, later: Session, fields: dict[str, Any]
    ) -> None:
        later.tickets.update(**fields)
        assert "Spring" not in text_of(client.get(address("move", booking)))
        answer = client.post(address("move", booking), {"ticket": later.tickets.get().pk})
        assert answer.status_code == 422 and not Enrolment.objects.exclude(moved_from=None).exists()

    def test_not_later_than_the_rules_say_nor_without_a_rule(
        self, client: Client, booking: Booking, later: Session
    ) -> None:
        begins = timezone.now() + timedelta(days=2)
        Session.objects.exclude(pk=later.pk).update(starts_at=begins, ends_at=begins + timedelta(hours=1))
        client.post(address("move", booking), {"ticket": later.tickets.get().pk})
        assert not Enrolment.objects.exclude(moved_from=None).exists()
        assert "Move to another date" not in text_of(client.get(booking_path(booking)))


def test_a_miscounted_seat_and_one_that_nobody_paid_are_found(booking: Booking, session: Session) -> None:
    assert not list(problems())
    Ticket.objects.update(taken=2)
    Session.objects.update(taken=3)
    assert len(list(problems())) == 2
    stray = Enrolment.objects.create(
        session=session, ticket=session.tickets.get(), state="confirmed", holds_seat=True, amount=100,
        confirmed_at=timezone.now(), currency="USD",
    )  # fmt: skip
    assert any(f"Enrolment {stray.pk} is booked" in problem for problem in problems())
