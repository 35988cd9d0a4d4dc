"""From the basket to a seat: held while it is paid for, booked in its own account, and free again if it is not paid."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail import hooks

from accounts.models import User
from pages.gates import Gate
from payments import checkout
from payments.models import BasketItem, Payment, Refund
from receipts.chart import Account
from receipts.checks import books_problems
from receipts.models import Entry, Receipt
from tests.training.enrolling import Trainee
from tests.training.rows import make_course, make_event, make_session, make_ticket
from tests.training.seats import a_seat
from training.bookings.links import booking_path
from training.models import (
    Application,
    Booking,
    CoursePage,
    Enrolment,
    Prerequisite,
    Session,
    Ticket,
    TicketMemberPrice,
    TrainingIndexPage,
)

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def ticket_of(session: Session) -> Ticket:
    return session.tickets.get()


def counts(session: Session) -> tuple[int, int]:
    session.refresh_from_db()
    return session.taken, ticket_of(session).taken


def test_a_paid_seat_is_booked_as_a_fee_and_is_the_buyers_own(trainee: Trainee, session: Session) -> None:
    booking = trainee.book(ticket_of(session))
    (seat,) = booking.enrolments.all()
    assert seat.state == Enrolment.State.CONFIRMED and seat.holds_seat and seat.confirmed_at
    assert (seat.shown_as, seat.email, seat.paid) == ("Tess Tanaka", "tess@example.org", 9000)
    assert list(Entry.objects.filter(subject=seat.subject).values_list("credit", "amount", "advantage")) == [
        (Account.COURSE_FEES, 9000, 9000)
    ]
    assert counts(session) == (1, 1)
    assert not Receipt.objects.exists() and not books_problems()


def test_the_page_after_paying_leads_to_the_booking(trainee: Trainee, session: Session) -> None:
    booking = trainee.book(ticket_of(session))
    page = trainee.client.get(reverse("checkout_return"), {"session": Payment.objects.get().session_id})
    assert f"See booking {booking.number}" in page.content.decode() and booking_path(booking) in page.content.decode()


def test_and_not_where_somebody_paid_the_rest_of_a_bursary(trainee: Trainee, session: Session) -> None:
    booking = trainee.book(ticket_of(session))
    Application.objects.create(enrolment=booking.enrolments.get())
    page = trainee.client.get(reverse("checkout_return"), {"session": Payment.objects.get().session_id})
    assert page.status_code == 200 and booking_path(booking) not in page.content.decode()


def test_a_seat_is_held_while_it_is_paid_for_and_free_when_it_is_not(trainee: Trainee, session: Session) -> None:
    trainee.put(ticket_of(session), 2)
    assert trainee.check_out().status_code == 303
    assert counts(session) == (2, 2)
    checkout.close(Payment.objects.get())
    assert counts(session) == (0, 0)
    assert set(Enrolment.objects.values_list("state", "holds_seat")) == {("lapsed", False)}


def test_the_prices_of_several_seats_sum_to_what_was_paid(trainee: Trainee, session: Session) -> None:
    Ticket.objects.update(price=3333)
    booking = trainee.book(ticket_of(session), 3)
    assert [seat.paid for seat in booking.enrolments.all()] == [3333, 3333, 3333]
    assert {seat.shown_as for seat in booking.enrolments.all()} == {""}


def test_a_full_session_is_said_to_be_full_before_anything_is_paid(trainee: Trainee, session: Session) -> None:
    trainee.put(ticket_of(session))
    Session.objects.update(taken=5)
    assert "This is full. You can join the waiting list." in trainee.basket()
    assert trainee.check_out().status_code != 303 and not Payment.objects.exists()


def test_who_was_faster_at_the_checkout_has_the_seat(trainee: Trainee, session: Session) -> None:
    Session.objects.update(seats=1)
    slower = Trainee(sandbox=trainee.sandbox, client=Client(), details={**trainee.details, "email": "bo@example.org"})
    trainee.put(ticket_of(session))
    slower.put(ticket_of(session))
    assert trainee.check_out().status_code == 303
    assert slower.check_out().status_code != 303
    assert counts(session) == (1, 1) and Booking.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"state": "cancelled", "cancelled_at": timezone.now()}, "This was cancelled."),
        ({"state": "draft"}, "This is not offered any more."),
        ({"starts_at": timezone.now() - timedelta(hours=1)}, "Booking is closed."),
        ({"books_until": timezone.now() - timedelta(minutes=1)}, "Booking is closed."),
        ({"books_from": timezone.now() + timedelta(days=1)}, "Booking is not open yet."),
    ],
)
def test_what_cannot_be_booked_says_why(
    trainee: Trainee, session: Session, changes: dict[str, Any], words: str
) -> None:
    trainee.put(ticket_of(session))
    Session.objects.update(**changes)
    assert words in trainee.basket()
    assert trainee.check_out().status_code != 303 and not Payment.objects.exists()


def test_the_early_price_is_charged_while_it_lasts_and_a_members_while_they_are_one(
    trainee: Trainee, session: Session, alice: User
) -> None:
    keepers = Group.objects.create(name="Keepers")
    alice.groups.add(keepers)
    live = {keepers.pk}
    gate = Gate(groups=lambda: {keepers.pk: "Keepers"}, live=lambda user: live, invitation=lambda request, groups: "")
    ticket = ticket_of(session)
    TicketMemberPrice.objects.create(ticket=ticket, group=keepers, percent_off=50)
    Ticket.objects.update(early_price=7000, early_until=timezone.now() + timedelta(days=1))
    with hooks.register_temporarily("register_gate", lambda: gate):
        assert trainee.book(ticket).enrolments.get().paid == 7000
        trainee.client.force_login(alice)
        assert trainee.book(ticket).enrolments.get().paid == 4500
        live.clear()
        Ticket.objects.update(early_until=timezone.now() - timedelta(minutes=1))
        assert trainee.book(ticket).enrolments.get().paid == 9000


def test_what_must_be_completed_before_is_asked_of_whoever_books(
    trainee: Trainee, index: TrainingIndexPage, course: CoursePage, session: Session, alice: User
) -> None:
    needed = make_course(index, "First stitches")
    Prerequisite.objects.create(course=course, needs=needed)
    seat = a_seat(make_session(needed), "Alice", email=alice.email)
    ticket = ticket_of(session)
    answer = trainee.put(ticket)
    said = "“First stitches” must be completed before this course."
    assert answer.status_code == 422 and f"{said} If you did, sign in first." in answer.content.decode()
    trainee.client.force_login(alice)
    answer = trainee.put(ticket)
    assert answer.status_code == 422 and said in answer.content.decode()
    # Booked without a log-in, by an address that she has proved since.
    Enrolment.objects.filter(pk=seat.pk).update(completed_at=timezone.now())
    assert trainee.put(ticket).status_code in (302, 303) and BasketItem.objects.exists()


def test_money_that_comes_after_the_seat_is_gone_goes_back_by_itself(trainee: Trainee, session: Session) -> None:
    trainee.put(ticket_of(session))
    trainee.check_out()
    booking = Booking.objects.get()
    booking.released()
    Session.objects.update(seats=1, taken=1)
    trainee.pay()
    trainee.give_back()
    booking.refresh_from_db()
    assert booking.state == Booking.State.UNFILLABLE
    assert list(Refund.objects.values_list("amount", "status")) == [(9000, "succeeded")]
    assert Enrolment.objects.get().state == Enrolment.State.UNFILLABLE and not books_problems()


def test_money_given_back_whole_frees_the_seat_and_a_part_does_not(trainee: Trainee, session: Session) -> None:
    booking = trainee.book(ticket_of(session), 2)
    payment = Payment.objects.get()
    first, second = booking.enrolments.order_by("pk")
    trainee.sandbox.control("POST", f"charges/{payment.charge_id}/refund", amount=1000)
    trainee.hear()
    assert counts(session) == (2, 2)
    trainee.sandbox.control("POST", f"charges/{payment.charge_id}/refund")
    trainee.hear()
    assert counts(session) == (0, 0)
    for seat in (first, second):
        seat.refresh_from_db()
        assert (seat.state, seat.ended) == ("cancelled", "money_back")
    assert not books_problems()


class TestOwnPrice:
    def test_they_choose_and_pay_it(self, trainee: Trainee, session: Session) -> None:
        Ticket.objects.update(is_own_price=True, lowest=1000, price=4000)
        trainee.put(ticket_of(session), amount="25")
        assert trainee.check_out().status_code == 303
        trainee.pay()
        assert Enrolment.objects.get().paid == 2500

    def test_less_than_the_least_is_refused_with_what_is_the_least(self, trainee: Trainee, session: Session) -> None:
        Ticket.objects.update(is_own_price=True, lowest=1000, price=4000)
        answer = trainee.put(ticket_of(session), amount="9.99")
        assert answer.status_code == 422 and "The least is $10.00." in answer.content.decode()

    def test_nothing_is_enough_where_that_is_the_least(self, trainee: Trainee, session: Session) -> None:
        Ticket.objects.update(is_own_price=True, lowest=0, price=4000)
        trainee.put(ticket_of(session), amount="0")
        assert "/checkout/return/" in trainee.check_out()["Location"]
        seat = Enrolment.objects.get()
        assert (seat.state, seat.paid) == ("confirmed", 0) and counts(session) == (1, 1)
        assert not trainee.sandbox.money()["charges"] and not books_problems()


class TestAGala:
    def test_only_what_is_paid_above_its_worth_is_a_gift(self, trainee: Trainee, index: TrainingIndexPage) -> None:
        gala = make_session(make_event(index), price=15000, ticket={"name": "Dinner", "value": 6000})
        booking = trainee.book(ticket_of(gala))
        (seat,) = booking.enrolments.all()
        assert (seat.amount, seat.gift) == (6000, 9000)
        assert dict(Entry.objects.filter(transaction__payer=booking.payer).values_list("credit", "amount")) == {
            Account.EVENT_TICKETS: 6000,
            Account.GIFTS: 9000,
        }
        assert Receipt.objects.get().amount == Receipt.objects.get().eligible_amount == 9000
        assert not books_problems()

    def test_a_quota_is_kept_beside_the_seats(self, trainee: Trainee, index: TrainingIndexPage) -> None:
        gala = make_session(make_event(index), seats=50)
        table = make_ticket(gala, name="Table", quota=1)
        trainee.book(table)
        other = Trainee(sandbox=trainee.sandbox, client=Client())
        answer = other.put(table)
        assert answer.status_code == 422 and "This is full." in answer.content.decode()
        assert not BasketItem.objects.exists()
