"""Deciding on applications, and the money: out of the bursary fund with the seat, and back when it is given up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from accounts import privacy
from accounts.models import OutgoingMail, User
from payments.goods import NotAvailable
from payments.models import Payment
from receipts.chart import Account
from receipts.checks import books_problems
from receipts.models import Entry, Fund, Payer, Receipt
from receipts.payers import change_payer
from tests.training.applying import (
    WORDS,
    a_bursary_fund,
    an_application,
    decide,
    held,
    mailed_link,
    one_of_the_team,
    signed_in,
)
from tests.training.booked import a_payer
from tests.training.enrolling import Trainee
from training.bookings.access import belongs_to
from training.bookings.ending import end
from training.bookings.links import seat_path
from training.bursaries import awards, rest
from training.bursaries.deciding import Changed, approve, decline
from training.models import Application, Award, Booking, Enrolment, Session

pytestmark = pytest.mark.django_db
FEES = (Account.COURSE_FEES, Account.EVENT_TICKETS)


@pytest.fixture(autouse=True)
def quick(settings: Any) -> None:
    settings.SIGN_IN_SECONDS = 0


@pytest.fixture
def fund(session: Session, bob: Payer) -> Fund:
    """$200.00, for a session whose seats cost $90.00."""
    Session.objects.filter(pk=session.pk).update(takes_applications=True)
    session.refresh_from_db()
    return a_bursary_fund((bob, 20000))


@pytest.fixture
def team(db: None) -> Client:
    return signed_in(one_of_the_team())


@pytest.fixture
def application(session: Session, fund: Fund) -> Application:
    return an_application(session)


def approve_now(application: Application, amount: int = 9000) -> Award:
    approve(application, amount, version=application.version, by=None)
    return Award.objects.get(application=application)


def state_of(application: Application) -> tuple[str, str, int]:
    application.refresh_from_db()
    seat = Enrolment.objects.get(pk=application.enrolment_id)
    return application.state, seat.state, Session.objects.get(pk=seat.session_id).taken


def test_a_whole_bursary_books_the_seat_and_moves_the_money_between_funds_alone(
    team: Client, application: Application, fund: Fund
) -> None:
    looked = decide(team, application, "look", decision="approve", amount="90").content.decode()
    assert "News about your place" in looked and state_of(application) == ("submitted", "kept", 1)
    assert "/training/place/" not in looked, "the link is the applicant's alone"
    assert decide(team, application, decision="approve", amount="90", answer="Welcome.").status_code == 302
    assert state_of(application) == ("approved", "confirmed", 1)
    assert (held(fund), held(Fund.unrestricted())) == (11000, 9000)
    assert not Entry.objects.filter(credit__in=FEES).exists()
    page = Client().get(mailed_link()).content.decode()
    assert "Your seat is booked" in page and "Welcome." in page
    assert not books_problems()


def test_of_two_colleagues_one_decides_and_the_other_is_told(team: Client, application: Application) -> None:
    seen = application.version
    decide(team, application, decision="decline")
    told = decide(team, application, version=seen, decision="approve", amount="90")
    assert told.status_code == 302 and not Award.objects.exists()
    assert "Please read it again" in team.get(told["Location"]).content.decode()
    with pytest.raises(Changed):
        approve(application, 9000, version=seen, by=None)
    assert state_of(application) == ("declined", "cancelled", 0)


def test_what_was_answered_meanwhile_is_read_before_it_is_decided(team: Client, application: Application) -> None:
    decide(team, application, decision="ask", answer="Which evenings?")
    read = Application.objects.get()
    assert read.state == "more"
    path = mailed_link()
    Client().post(f"{path}answer/", {"words": "Tuesdays"})
    decide(team, application, version=read.version, decision="decline")
    assert state_of(application) == ("submitted", "kept", 1)


def test_more_than_the_fund_has_left_needs_a_permission_and_a_reason(
    application: Application, session: Session, fund: Fund
) -> None:
    plain = one_of_the_team("cy@example.org")
    plain.groups.clear()
    for codename in ("decide_application", "view_application"):
        plain.user_permissions.add(_permission(codename))
    plain.user_permissions.add(_permission("access_admin"))
    # What is promised and not released yet is not there for another.
    approve_now(application, 8000)
    approve_now(an_application(session, email="bo@example.org"))
    third = an_application(session, email="cleo@example.org")
    assert awards.free_in(fund, "USD") == 3000
    weak = decide(signed_in(plain), third, decision="approve", amount="90", override_reason="She starts on Monday")
    assert weak.status_code == 422 and "has $30.00 left" in weak.content.decode()
    strong = signed_in(one_of_the_team())
    assert decide(strong, third, decision="approve", amount="90").status_code == 422
    assert state_of(third) == ("submitted", "kept", 3)
    decide(strong, third, decision="approve", amount="90", override_reason="A gift is promised")
    assert Award.objects.get(application=third).override_reason == "A gift is promised"
    assert state_of(third)[0] == "approved" and held(fund) == 2000


def _permission(codename: str) -> Any:
    return Permission.objects.get(codename=codename)


class TestAPart:
    """The bursary pays $60.00 of $90.00."""

    @pytest.fixture
    def place(self, team: Client, application: Application) -> str:
        decide(team, application, decision="approve", amount="60")
        return mailed_link()

    def pay(self, trainee: Trainee, place: str) -> Payment:
        typed = {"name": "Amara Obi", "email": "amara@example.org"}
        answer = trainee.client.post(f"{place}pay/", typed)
        assert answer.status_code == 303, answer.content.decode()[:3000]
        return trainee.pay()

    def test_the_money_moves_when_the_rest_is_paid_and_the_fee_is_the_rest(
        self, trainee: Trainee, place: str, application: Application, fund: Fund
    ) -> None:
        assert (held(fund), awards.free_in(fund, "USD")) == (20000, 14000)
        assert "$30.00" in trainee.client.get(place).content.decode()
        self.pay(trainee, place)
        assert state_of(application) == ("approved", "confirmed", 1)
        assert held(fund) == 14000 == awards.free_in(fund, "USD")
        assert [*Entry.objects.filter(credit__in=FEES).values_list("amount", flat=True)] == [3000]
        assert not Receipt.objects.exists() and not books_problems()

    def test_whoever_pays_it_for_somebody_learns_and_takes_nothing_of_theirs(
        self, trainee: Trainee, place: str, application: Application, alice: User
    ) -> None:
        trainee.client.post(f"{place}pay/", {"name": "Alice Adams", "email": alice.email})
        trainee.pay()
        mail = OutgoingMail.objects.get(kind="training/mail/booking_confirmed")
        assert mail.to == "amara@example.org" and "Alice" not in mail.text
        Payer.objects.filter(email=alice.email).update(user=alice)
        change_payer(Payer.objects.get(email=alice.email), {"name": "Alice A. Adams"})
        seat = Enrolment.objects.get()
        assert seat.email == "amara@example.org" and trainee.client.get(place).status_code == 200
        assert not Enrolment.objects.filter(belongs_to(alice)).exists()
        curious = Client()
        curious.force_login(alice)
        assert "Courses and events" not in curious.get(reverse("account_home")).content.decode()
        token = f"{Booking.objects.get().public_id.hex}:x"
        assert curious.get(reverse("training_booking", args=[token])).status_code == 404
        told = str([table.rows for table in privacy.tables_of(privacy.person_of(alice))])
        assert "Amara" not in told and WORDS not in told
        privacy.erase(privacy.person_of(alice))
        seat.refresh_from_db()
        assert seat.shown_as == "Amara Obi" and Application.objects.get().words == WORDS

    def test_who_is_signed_in_keeps_their_name_where_somebody_else_pays(
        self, trainee: Trainee, place: str, alice: User
    ) -> None:
        own = a_payer(alice.email, name=alice.name, user=alice)
        trainee.client.force_login(alice)
        trainee.client.post(f"{place}pay/", {"name": "Mum Obi", "email": "mum@example.org"})
        assert Booking.objects.get().payer.email == "mum@example.org"
        own.refresh_from_db()
        assert (own.name, own.email) == (alice.name, alice.email)

    def test_money_given_back_frees_the_seat_and_fills_the_fund_again(
        self, trainee: Trainee, place: str, application: Application, fund: Fund
    ) -> None:
        payment = self.pay(trainee, place)
        trainee.sandbox.control("POST", f"charges/{payment.charge_id}/refund")
        trainee.hear()
        assert state_of(application) == ("approved", "cancelled", 0)
        assert held(fund) == 20000 == awards.free_in(fund, "USD")
        assert not books_problems()

    def test_a_rest_that_is_not_paid_in_time_frees_seat_and_money_and_they_are_told(
        self, trainee: Trainee, place: str, application: Application, fund: Fund
    ) -> None:
        typed = {"name": "Amara Obi", "email": "amara@example.org"}
        assert trainee.client.post(f"{place}pay/", typed).status_code == 303
        assert rest.end_what_is_over() == 0
        Application.objects.update(pay_until=timezone.now() - timedelta(minutes=1))
        assert rest.end_what_is_over() == 1 and rest.end_what_is_over() == 0
        assert state_of(application) == ("approved", "cancelled", 0)
        assert awards.free_in(fund, "USD") == 20000
        assert "The rest was not paid in time" in trainee.client.get(mailed_link()).content.decode()
        # The checkout that was open is over, and no other begins.
        assert Payment.objects.get().status == Payment.Status.EXPIRED
        assert trainee.client.post(f"{place}pay/", typed).status_code == 303
        assert Payment.objects.count() == 1 and Booking.objects.get().state == Booking.State.LAPSED

    def test_a_checkout_that_began_too_late_takes_no_seat_anew(
        self, trainee: Trainee, place: str, application: Application
    ) -> None:
        """The page was open in another tab when the seat was given up."""
        typed = {"name": "Amara Obi", "email": "amara@example.org"}
        trainee.client.post(f"{place}pay/", typed)
        trainee.client.post(f"{place}give-up/")
        assert state_of(application) == ("withdrawn", "cancelled", 0)
        with pytest.raises(NotAvailable):
            Booking.objects.get().pending()
        assert state_of(application)[2] == 0


def test_an_award_goes_back_before_the_session_begins_and_stays_spent_after(
    session: Session, application: Application, fund: Fund
) -> None:
    approve_now(application)
    application.refresh_from_db()
    assert seat_path(application.enrolment) in Client().get(mailed_link()).content.decode()
    assert end(application.enrolment, "trainee")
    assert "You gave this place up" in Client().get(mailed_link()).content.decode()
    assert state_of(application) == ("approved", "cancelled", 0) and held(fund) == 20000
    second = an_application(session)
    approve_now(second)
    Session.objects.update(starts_at=timezone.now() - timedelta(minutes=5))
    seat = Enrolment.objects.get(pk=second.enrolment_id)
    awards.end(seat)
    assert held(fund) == 11000
    Session.objects.update(state="cancelled", cancelled_at=timezone.now())
    awards.end(Enrolment.objects.get(pk=seat.pk))
    assert held(fund) == 20000 and not books_problems()


def test_an_application_that_nobody_decided_in_time_frees_its_seat(application: Application) -> None:
    Session.objects.update(state="cancelled", cancelled_at=timezone.now())
    assert rest.end_what_is_over() == 1
    assert state_of(application) == ("declined", "cancelled", 0)
    assert "This was cancelled" in Client().get(mailed_link()).content.decode()


class TestWhoMay:
    def test_the_queue_is_for_the_team_alone(self, application: Application, team: Client) -> None:
        addresses = [
            reverse("training_applications:index"),
            reverse("training_applications:inspect", args=[application.pk]),
            reverse("training_applications:decide", args=[application.pk]),
        ]
        for group in ("Training managers", "Finance", "Auditors", "Trainers", "Fundraisers"):
            other = signed_in(one_of_the_team(f"{group.split()[0].lower()}@example.org", group=group))
            for address in addresses:
                assert other.get(address).status_code == 302, (group, address)
        assert [team.get(address).status_code for address in addresses] == [200, 200, 200]

    def test_who_applied_stands_on_no_page_until_somebody_looks_and_that_is_written_down(
        self, application: Application, team: Client
    ) -> None:
        for address in ("index", "inspect", "decide"):
            page = team.get(
                reverse(f"training_applications:{address}", args=[application.pk] if address != "index" else [])
            )
            assert "sew at night" not in page.content.decode() and "Amara" not in page.content.decode()
        assert "sew at night" in decide(team, application, "read").content.decode()
        (entry,) = ModelLogEntry.objects.all()
        assert (entry.action, entry.object_id, entry.user.email) == (
            "training.read_application",
            str(application.pk),
            "bea@example.org",
        )


def test_a_declined_applicant_may_ask_again(session: Session, application: Application) -> None:
    decline(application, version=1, by=None)
    assert state_of(an_application(session)) == ("submitted", "kept", 1)
