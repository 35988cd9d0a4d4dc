"""M29: whoever waits longest is asked first, gets what they wait for, and can say yes, no, or leave.

Other systems' faults are named by their threads: each has a test that shows it is not here.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import OutgoingMail
from payments import checkout
from payments.models import Payment
from tests.training.enrolling import Trainee
from tests.training.rows import make_ticket
from training.bookings.ending import end
from training.models import Booking, Enrolment, Offer, Session, Ticket, WaitingEntry
from training.seats.freeing import give_back
from training.waiting import joining, links, serving

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
State = WaitingEntry.State


@pytest.fixture(autouse=True)
def told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What happens after a commit happens here, where a test's own transaction never commits."""
    monkeypatch.setattr("training.seats.freeing.transaction.on_commit", lambda run: run())


@pytest.fixture
def full(session: Session) -> Session:
    """All five seats are somebody's."""
    Session.objects.update(taken=5)
    Ticket.objects.update(taken=5)
    session.refresh_from_db()
    return session


def waits(session: Session, name: str, seats: int = 1, ticket: Ticket | None = None) -> WaitingEntry:
    ticket = ticket or session.tickets.order_by("pk")[0]
    return WaitingEntry.objects.create(
        session=session, ticket=ticket, name=name, email=f"{name}@example.org", wanted=seats
    )


def free(session: Session, number: int = 1) -> None:
    give_back({session.tickets.order_by("pk")[0].pk: number})


def open_offers() -> list[tuple[str, int]]:
    return list(Offer.objects.filter(state="open").order_by("pk").values_list("entry__name", "seats"))


def taken(session: Session) -> int:
    session.refresh_from_db()
    return session.taken


def press(what: str, entry: WaitingEntry, client: Client | None = None, **typed: Any) -> Any:
    return (client or Client()).post(reverse(f"training_{what}", args=[links.token_of(entry)]), typed)


def page_of(entry: WaitingEntry) -> str:
    return " ".join(Client().get(links.path_of(entry)).content.decode().split())


class TestJoining:
    def join(self, session: Session, **changes: Any) -> Any:
        typed = {"name": "Ana", "email": "ana@example.org", "seats": "2", **changes}
        return Client().post(reverse("training_wait", args=[session.tickets.get().pk]), typed)

    def test_they_are_told_by_mail_and_find_their_place(self, full: Session) -> None:
        waits(full, "first")
        assert "We will write to you" in self.join(full).content.decode()
        entry = WaitingEntry.objects.get(email="ana@example.org")
        mail = OutgoingMail.objects.get(to="ana@example.org")
        assert mail.subject == "You are on the waiting list" and links.path_of(entry) in mail.text
        assert "Sewing for a living" in mail.text and "You are number 2" in page_of(entry)

    def test_who_waits_already_keeps_their_place_and_nobody_learns_it(self, full: Session) -> None:
        first, again = self.join(full), self.join(full)
        assert first.content == again.content and WaitingEntry.objects.count() == 1
        assert OutgoingMail.objects.count() == 1

    @pytest.mark.parametrize("seats", ["0", "-1", "11", "two", ""])
    def test_a_number_that_is_none_is_refused_beside_its_field(self, full: Session, seats: str) -> None:
        answer = self.join(full, seats=seats)
        assert answer.status_code == 422 and "Enter a whole number from 1 to 10." in answer.content.decode()
        assert 'value="Ana"' in answer.content.decode() and not WaitingEntry.objects.exists()

    def test_where_a_seat_is_free_there_is_no_line(self, session: Session) -> None:
        assert self.join(session).status_code == 302 and not WaitingEntry.objects.exists()

    def test_one_address_cannot_fill_the_list(self, full: Session) -> None:
        for number in range(20):
            self.join(full, email=f"bot{number}@example.org")
        assert WaitingEntry.objects.count() == joining.FROM_ONE.most


class TestFairOrder:
    def test_the_first_is_served_first(self, full: Session) -> None:
        """pretix#2119: the last one on the list was served first."""
        for name in ("ana", "bea", "cai"):
            waits(full, name)
        free(full, 2)
        assert open_offers() == [("ana", 1), ("bea", 1)] and taken(full) == 5

    def test_two_seats_can_be_waited_for(self, full: Session) -> None:
        """pretix#974: no quantity. One is free, so one is offered; the place is kept for the other."""
        ana = waits(full, "ana", 2)
        waits(full, "bea")
        free(full, 1)
        assert open_offers() == [("ana", 1)]
        assert "You asked for 2. If you take what is free now, you keep your place for the rest." in page_of(ana)

    def test_who_takes_a_part_is_first_for_the_rest(self, full: Session, trainee: Trainee) -> None:
        ana = waits(full, "ana", 2)
        waits(full, "bea")
        free(full, 1)
        take_and_pay(ana, trainee)
        ana.refresh_from_db()
        assert (ana.state, ana.wanted) == (State.WAITING, 1)
        free(full, 1)
        assert open_offers() == [("ana", 1)]

    def test_nobody_jumps_the_line(self, full: Session, trainee: Trainee) -> None:
        waits(full, "ana")
        Session.objects.update(seats=6)
        answer = trainee.put(full.tickets.get())
        assert answer.status_code == 422 and "You can join the waiting list." in answer.content.decode()

    def test_who_waits_for_one_kind_of_ticket_keeps_nobody_from_another(
        self, session: Session, trainee: Trainee
    ) -> None:
        table = make_ticket(session, name="Table", quota=1, taken=1)
        Session.objects.update(taken=1)
        waits(session, "ana", ticket=table)
        seat = session.tickets.get(name="Seat")
        serving.serve(session.pk)
        assert open_offers() == []
        Offer.objects.all().delete()
        assert trainee.put(seat).status_code in (302, 303)
        assert trainee.check_out().status_code == 303


def take_and_pay(entry: WaitingEntry, trainee: Trainee) -> Booking:
    assert press("accept", entry, trainee.client).status_code == 302
    assert trainee.check_out().status_code == 303
    trainee.pay()
    booking = Booking.objects.latest("pk")
    assert booking.state == Booking.State.PAID
    return booking


class TestAnOffer:
    def test_it_is_taken_and_paid_and_no_seat_is_counted_twice(self, full: Session, trainee: Trainee) -> None:
        ana = waits(full, "ana")
        free(full)
        assert taken(full) == 5
        booking = take_and_pay(ana, trainee)
        ana.refresh_from_db()
        assert ana.state == State.SERVED and taken(full) == 5
        assert booking.enrolments.get().offer == Offer.objects.get() and Offer.objects.get().state == "taken"

    def test_declined_it_is_the_nexts_at_once(self, full: Session) -> None:
        """pretix#1405: what somebody did not take went on blocking the seats."""
        ana, _ = waits(full, "ana"), waits(full, "bea")
        free(full)
        press("decline", ana)
        assert open_offers() == [("bea", 1)] and taken(full) == 5
        ana.refresh_from_db()
        assert ana.state == State.PASSED and "You are not waiting for this any more." in page_of(ana)

    def test_not_answered_it_is_the_nexts_and_too_late_for_them(self, full: Session, trainee: Trainee) -> None:
        ana, _ = waits(full, "ana"), waits(full, "bea")
        free(full)
        Offer.objects.update(until=timezone.now() - timedelta(minutes=1))
        press("accept", ana, trainee.client)
        assert "Somebody else may have the seat by now." in trainee.client.get(links.path_of(ana)).content.decode()
        assert joining.expire_offers() == 1 and joining.expire_offers() == 0
        assert open_offers() == [("bea", 1)] and taken(full) == 5

    def test_in_two_tabs_it_is_one_seat(self, full: Session, trainee: Trainee) -> None:
        ana = waits(full, "ana")
        free(full)
        other = Trainee(sandbox=trainee.sandbox, client=Client(), details=trainee.details)
        for tab in (trainee, other):
            press("accept", ana, tab.client)
        assert trainee.check_out().status_code == 303
        assert other.check_out().status_code != 303
        assert Enrolment.objects.filter(holds_seat=True).count() == 1 and taken(full) == 5

    def test_an_unpaid_checkout_leaves_it_open_until_its_time_is_over(self, full: Session, trainee: Trainee) -> None:
        ana, _ = waits(full, "ana"), waits(full, "bea")
        free(full)
        press("accept", ana, trainee.client)
        trainee.check_out()
        checkout.close(Payment.objects.get())
        assert open_offers() == [("ana", 1)] and taken(full) == 5
        trainee.check_out()
        Offer.objects.update(until=timezone.now() - timedelta(minutes=1))
        checkout.close(Payment.objects.latest("pk"))
        assert open_offers() == [("bea", 1)] and taken(full) == 5

    def test_who_pays_late_has_the_seat_that_is_offered_to_them_still(self, full: Session, trainee: Trainee) -> None:
        ana = waits(full, "ana")
        free(full)
        press("accept", ana, trainee.client)
        trainee.check_out()
        Booking.objects.get().released()
        trainee.pay()
        assert Booking.objects.get().state == Booking.State.PAID and taken(full) == 5

    def test_it_never_lasts_longer_than_booking(self, full: Session) -> None:
        closes = timezone.now() + timedelta(hours=3)
        Session.objects.update(books_until=closes)
        waits(full, "ana")
        free(full)
        assert Offer.objects.get().until == closes

    def test_people_pay_what_they_can(self, full: Session, trainee: Trainee) -> None:
        Ticket.objects.update(is_own_price=True, lowest=1000)
        ana = waits(full, "ana")
        free(full)
        answer = press("accept", ana, trainee.client, amount="5")
        assert answer.status_code == 422 and "The least is $10.00." in answer.content.decode()
        press("accept", ana, trainee.client, amount="20")
        trainee.check_out()
        trainee.pay()
        assert Enrolment.objects.get().paid == 2000


class TestCancelling:
    def test_a_seat_that_is_given_up_goes_to_the_next_and_not_back_to_who_gave_it_up(
        self, full: Session, trainee: Trainee
    ) -> None:
        """pretix#1163: the place came back to whoever had just cancelled it."""
        ana, _ = waits(full, "ana"), waits(full, "bea")
        free(full)
        payment = take_and_pay(ana, trainee).enrolments.get().booking
        assert payment is not None
        charge = Payment.objects.latest("pk").charge_id
        trainee.sandbox.control("POST", f"charges/{charge}/refund")
        trainee.hear()
        assert open_offers() == [("bea", 1)]
        ana.refresh_from_db()
        assert ana.state == State.SERVED

    def test_who_still_waits_for_more_is_not_asked_first_for_what_they_gave_up(
        self, full: Session, trainee: Trainee
    ) -> None:
        """pretix#1163 again, where a part was taken and the place is kept for the rest."""
        ana, _ = waits(full, "ana", 2), waits(full, "bea")
        free(full)
        seat = take_and_pay(ana, trainee).enrolments.get()
        assert end(seat, Enrolment.Ended.BY_TRAINEE)
        assert open_offers() == [("bea", 1)]

    def test_the_list_can_be_left(self, full: Session) -> None:
        """pretix#837: nobody could leave the list."""
        ana, _ = waits(full, "ana"), waits(full, "bea")
        press("leave", ana)
        free(full)
        assert open_offers() == [("bea", 1)] and "Left the list" in page_of(ana)

    def test_who_has_an_offer_can_leave_too(self, full: Session) -> None:
        """civicrm-core#23164: people on the list could not cancel."""
        ana, _ = waits(full, "ana"), waits(full, "bea")
        free(full)
        press("leave", ana)
        press("leave", ana)
        assert open_offers() == [("bea", 1)] and taken(full) == 5


class TestTheEnd:
    def test_nobody_waits_for_what_has_begun(self, full: Session) -> None:
        ana = waits(full, "ana")
        Session.objects.update(starts_at=timezone.now() - timedelta(hours=1))
        free(full)
        assert serving.close_lines() == 1 and open_offers() == []
        ana.refresh_from_db()
        assert ana.state == State.CLOSED

    def test_the_clock_serves_what_nobody_was_told_of(self, full: Session) -> None:
        waits(full, "ana")
        Session.objects.update(seats=6)
        assert serving.serve_all() == 1 and serving.serve_all() == 0


def test_a_strangers_link_opens_nothing(full: Session, client: Client) -> None:
    ana, bea = waits(full, "ana"), waits(full, "bea")
    free(full)
    forged = links.token_of(bea).replace(bea.public_id.hex, ana.public_id.hex)
    old = links.token_of(ana)
    WaitingEntry.objects.filter(pk=ana.pk).update(email="")
    for token in (forged, old, "x", str(ana.public_id)):
        assert client.get(reverse("training_place", args=[token])).status_code == 404
        for what in ("accept", "decline", "leave"):
            assert client.post(reverse(f"training_{what}", args=[token])).status_code == 404
    assert open_offers() == [("ana", 1)]
