"""We cancel a session: nobody books it, everybody is told, each chooses, and who says nothing gets the money back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import OutgoingMail
from payments.models import Dispute, OwedRefund, Payment, Refund
from receipts.chart import Account
from receipts.checks import books_problems
from receipts.models import Entry, Invoice, Payer, Receipt
from receipts.months import month_of
from receipts.reports.income import income_by_stream_and_month
from tests.reading import text_of
from tests.training.booked import a_booking, a_payer, the_seat
from tests.training.enrolling import Trainee
from tests.training.rows import make_session
from training.bookings.links import booking_path, token_of_booking
from training.models import Booking, CoursePage, Enrolment, Offer, Session, Ticket, WaitingEntry
from training.seats.checks import problems
from training.sessions import choosing
from training.sessions.cancelling import cancel
from training.sessions.telling import tell_changed

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
WHY = "The trainer is ill."


@pytest.fixture
def booking(session: Session) -> Booking:
    return a_booking(session.tickets.get())


def choose(client: Client, booking: Booking, choice: str, **more: Any) -> Any:
    address = reverse("training_choose", args=[token_of_booking(booking), the_seat(booking).public_id])
    return client.post(address, {"choice": choice, **more}, follow=True)


def test_it_is_cancelled_once_and_everybody_is_told_once(session: Session) -> None:
    pair = a_booking(session.tickets.get(), 2)
    Enrolment.objects.filter(pk=pair.enrolments.all()[0].pk).update(email="ann@example.org")
    assert cancel(session, WHY) and not cancel(session, "Again")
    mails = OutgoingMail.objects.filter(kind="training/mail/session_cancelled")
    assert sorted(mails.values_list("to", flat=True)) == ["ann@example.org", "tess@example.org"]
    assert all(WHY in mail.text and "Sewing" not in mail.subject for mail in mails)
    assert "take your money back" in mails.get(to="tess@example.org").text
    assert "money" not in mails.get(to="ann@example.org").text
    session.refresh_from_db()
    assert (session.state, session.cancel_reason) == ("cancelled", WHY)


def test_nobody_books_or_waits_and_offered_seats_are_free(session: Session) -> None:
    ticket = session.tickets.get()
    entries = [
        WaitingEntry.objects.create(ticket=ticket, session=session, name="W", email=f"{state}@example.org", state=state)
        for state in ("waiting", "offered")
    ]
    Offer.objects.create(entry=entries[1], ticket=ticket, seats=2, until=timezone.now() + timedelta(days=1))
    Session.objects.update(taken=2)
    Ticket.objects.update(taken=2)
    cancel(session, WHY)
    assert set(WaitingEntry.objects.values_list("state", flat=True)) == {"closed"}
    assert Offer.objects.get().state == "expired" and Session.objects.get().taken == 0 and not list(problems())


def test_who_is_at_the_checkout_gets_back_what_they_still_pay(trainee: Trainee, session: Session) -> None:
    trainee.put(session.tickets.get())
    trainee.check_out()
    cancel(session, WHY)
    trainee.pay()
    trainee.give_back()
    assert Booking.objects.get().state == Booking.State.UNFILLABLE
    assert list(Refund.objects.values_list("amount", "status")) == [(9000, "succeeded")]
    assert not books_problems() and not list(problems())


class TestChoosing:
    def test_the_page_offers_what_can_be_had(
        self, client: Client, booking: Booking, session: Session, course: CoursePage
    ) -> None:
        cancel(session, WHY)
        assert "Choose what becomes of it" in text_of(client.get(booking_path(booking)))
        address = reverse("training_choose", args=[token_of_booking(booking), the_seat(booking).public_id])
        page = text_of(client.get(address))
        assert WHY in page and "$90.00 goes back" in page and "Leave it as a gift" in page
        assert "Take another date" not in page
        make_session(course, name="Spring")
        assert "Spring" in text_of(client.get(address))

    def test_the_money_goes_back_whole_whatever_the_rules_say(
        self, client: Client, booking: Booking, session: Session
    ) -> None:
        cancel(session, WHY)
        choose(client, booking, "refund")
        answer = choose(client, booking, "refund")
        assert "nothing to choose" in text_of(answer)
        assert list(OwedRefund.objects.values_list("lines__percent", flat=True)) == [100]
        assert (the_seat(booking).state, the_seat(booking).ended) == ("cancelled", "session")
        assert not list(problems())

    def test_another_date_keeps_the_fee(
        self, client: Client, booking: Booking, session: Session, course: CoursePage
    ) -> None:
        spring = make_session(course, name="Spring")
        cancel(session, WHY)
        choose(client, booking, "move", ticket=spring.tickets.get().pk)
        assert the_seat(booking).session == spring and not OwedRefund.objects.exists()
        choosing.settle_silence()
        assert the_seat(booking).is_confirmed and not list(problems())

    @pytest.mark.parametrize(("choice", "more"), [("", {}), ("steal", {}), ("move", {"ticket": "1"}), ("move", {})])
    def test_what_is_no_choice_changes_nothing(
        self, client: Client, booking: Booking, session: Session, choice: str, more: dict[str, str]
    ) -> None:
        cancel(session, WHY)
        choose(client, booking, choice, **more)
        assert the_seat(booking).is_confirmed and not OwedRefund.objects.exists()

    def test_before_it_is_cancelled_there_is_nothing_to_choose(self, client: Client, booking: Booking) -> None:
        choose(client, booking, "refund")
        choose(client, booking, "gift")
        assert the_seat(booking).is_confirmed and not OwedRefund.objects.exists()


class TestGivenInstead:
    @pytest.fixture
    def given(self, client: Client, session: Session) -> Booking:
        """$90.00 and $4.50 of tax, left as a gift."""
        booking = a_booking(session.tickets.get(), tax=450, taxes=[{"name": "Tax", "rate": "5", "amount": 450}])
        cancel(session, WHY)
        choose(client, booking, "gift")
        choose(client, booking, "gift")
        return booking

    def test_the_fee_with_its_tax_becomes_a_gift_of_the_day(self, given: Booking) -> None:
        seat = the_seat(given)
        gift = Entry.objects.get(credit=Account.GIFTS)
        assert (gift.amount, gift.advantage, gift.subject) == (9450, 0, seat.gift_subject)
        assert gift.fund and not gift.fund.is_restricted
        balance = dict.fromkeys((Account.COURSE_FEES, Account.SALES_TAX, Account.CUSTOMER_CREDIT), 0)
        for entry in Entry.objects.all():
            for account, way in ((entry.credit, 1), (entry.debit, -1)):
                if account in balance:
                    balance[Account(account)] += way * entry.amount
        assert set(balance.values()) == {0}
        assert (seat.state, seat.ended) == ("cancelled", "session") and not OwedRefund.objects.exists()
        assert not books_problems() and not list(problems())

    def test_the_report_counts_it_as_given_and_not_as_earned(self, given: Booking) -> None:
        month = month_of(timezone.now())
        rows = income_by_stream_and_month(start_month=month - 1, end_month=month + 90)
        sums: dict[str, int] = {}
        for row in rows:
            sums[row.stream] = sums.get(row.stream, 0) + row.amount
        assert {stream: amount for stream, amount in sums.items() if amount} == {"gifts": 9450}

    def test_it_is_receipted_and_the_invoice_is_taken_back(self, given: Booking) -> None:
        receipt = Receipt.objects.get()
        assert (receipt.amount, receipt.eligible_amount, receipt.payer) == (9450, 9450, given.payer)
        assert list(Invoice.objects.order_by("pk").values_list("kind", "net", "tax")) == [
            ("invoice", 9000, 450),
            ("credit_note", 9000, 450),
        ]

    def test_nothing_of_it_can_go_back_as_well(self, given: Booking) -> None:
        assert Payment.objects.get().refundable_amount == 0
        assert choosing.can_be_given(the_seat(given)) == 0


@pytest.mark.parametrize("is_disputed", [False, True])
def test_what_is_on_its_way_back_is_not_given_as_well(
    client: Client, booking: Booking, session: Session, is_disputed: bool
) -> None:
    """Staff gave all of it back and named no lines, or the bank wants it back; neither is done yet."""
    cancel(session, WHY)
    payment, now = Payment.objects.get(), timezone.now()
    if is_disputed:
        Dispute.objects.create(
            payment=payment, amount=9000, dispute_id="dp", status="needs_response", opened_at=now, synced_at=now
        )
    else:
        pending = Refund.Status.PENDING
        Refund.objects.create(payment=payment, amount=9000, reason="Goodwill", status=pending, refund_id="re")
    choose(client, booking, "gift")
    assert the_seat(booking).is_confirmed and not Receipt.objects.exists()
    assert not Entry.objects.filter(credit=Account.GIFTS).exists()


def test_who_is_silent_for_two_weeks_gets_the_money_back_once(booking: Booking, session: Session) -> None:
    cancel(session, WHY)
    cancelled = Session.objects.get().cancelled_at
    assert cancelled
    Session.objects.update(cancelled_at=cancelled - timedelta(days=13, hours=23))
    assert choosing.settle_silence() == 0
    Session.objects.update(cancelled_at=cancelled - timedelta(days=14, minutes=1))
    assert (choosing.settle_silence(), choosing.settle_silence()) == (1, 0)
    assert OwedRefund.objects.count() == 1 and the_seat(booking).state == "cancelled"


def test_a_change_is_told_with_the_new_time_and_reminded_anew(session: Session, booking: Booking) -> None:
    other = a_booking(session.tickets.get(), 2, payer=a_payer("bo@example.org", name="Bo"))
    Session.objects.filter(pk=session.pk).update(place="Salem, Oregon")
    session.refresh_from_db()
    tell_changed(session)
    mails = OutgoingMail.objects.filter(kind="training/mail/session_changed")
    assert sorted(mails.values_list("to", flat=True)) == ["bo@example.org", "tess@example.org"], "one for two seats"
    assert all("Salem, Oregon" in mail.text for mail in mails)
    assert Session.objects.get().revision == 1 and other.enrolments.count() == 2 and Payer.objects.count() == 2
