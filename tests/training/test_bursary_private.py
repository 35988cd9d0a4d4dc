"""What an applicant wrote, the name behind an alias and that there is a bursary: for two roles, and in no mail, export,
log, address, title or history."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from wagtail.models import ModelLogEntry

from accounts import privacy
from accounts.models import OutgoingMail, User
from accounts.privacy import Person
from accounts.reminders import remind_staff
from receipts.models import Entry, Payer, Transaction
from receipts.payers import change_payer
from tests.receipts.cast import in_group
from tests.training.applying import (
    TYPED,
    a_bursary_fund,
    an_application,
    decide,
    mailed_link,
    one_of_the_team,
    signed_in,
)
from tests.training.booked import a_payer, pay
from training import privacy as training_privacy
from training.bookings.access import belongs_to
from training.bookings.account import rows_of
from training.bookings.links import token_of_seat
from training.bursaries.deciding import approve
from training.models import Application, Booking, Enrolment, Session
from training.private import read_application, see_person
from training.roles import MANAGERS

pytestmark = pytest.mark.django_db
NAME, ALIAS, WORDS, REPLY, ANSWER = "Zuleika Quartz", "Umbrella Finch", "Xylophone42", "Marzipan77", "Periwinkle9"
CANARIES = (NAME, ALIAS, WORDS, REPLY, ANSWER, "ursary", "bursar")


@pytest.fixture
def application(session: Session, bob: Payer, settings: Any) -> Application:
    settings.SIGN_IN_SECONDS = 0
    Session.objects.update(takes_applications=True)
    session.refresh_from_db()
    a_bursary_fund((bob, 50000))
    return an_application(session, name=NAME, alias=ALIAS, words=WORDS)


@pytest.fixture
def lived(application: Application, caplog: pytest.LogCaptureFixture) -> Client:
    """Asked, answered, read, looked at and approved, with everything logged."""
    caplog.set_level(logging.DEBUG)
    team = signed_in(one_of_the_team())
    remind_staff()
    decide(team, application, "read")
    decide(team, application, "person")
    decide(team, application, decision="ask", answer=ANSWER)
    Client().post(f"{mailed_link()}answer/", {"words": REPLY})
    decide(team, application, "look", decision="approve", amount="90", answer=ANSWER)
    decide(team, application, decision="approve", amount="90", answer=ANSWER)
    application.refresh_from_db()
    assert application.enrolment.is_confirmed and REPLY in application.words
    return team


def found_in(text: str) -> set[str]:
    return {canary for canary in CANARIES if canary in text}


def test_no_mail_holds_any_of_it(lived: Client) -> None:
    mails = list(OutgoingMail.objects.all())
    assert {mail.kind for mail in mails} >= {"training/mail/place_received", "training/mail/place_news"}
    for mail in mails:
        assert not found_in(f"{mail.kind} {mail.subject} {mail.text} {mail.html}"), mail.subject


def test_no_log_history_and_ledger_row_holds_any_of_it(lived: Client, caplog: pytest.LogCaptureFixture) -> None:
    entries = ModelLogEntry.objects.all()
    assert {entry.action for entry in entries} == {
        "training.read_application",
        "training.see_person",
        "training.ask_applicant",
        "training.decide_application",
    }
    assert not found_in(" ".join(f"{entry.label} {entry.data} {entry.message}" for entry in entries))
    assert not found_in(caplog.text)
    booked = [str(row) for row in (*Transaction.objects.values_list(), *Entry.objects.values_list())]
    assert not found_in(" ".join(booked))


def test_no_title_and_no_address_holds_any_of_it(lived: Client, application: Application) -> None:
    path = mailed_link()
    addresses = [reverse(f"training_applications:{name}", args=[application.pk]) for name in ("inspect", "decide")]
    pages = [Client().get(path), *(lived.get(address) for address in addresses)]
    for address, page in zip([path, *addresses], pages, strict=True):
        title = re.search(r"<title>(.*?)</title>", page.content.decode(), re.DOTALL)
        assert title and not found_in(title[1] + address)
    # Before somebody looks, the team's own screens say neither who nor why.
    assert not found_in(pages[1].content.decode()) & {NAME, ALIAS, WORDS, REPLY}


def test_who_reads_lists_of_mails_does_not_learn_who_applied(lived: Client, application: Application) -> None:
    """Only applicants are sent these kinds: their names alone would tell."""
    sent = OutgoingMail.objects.filter(to__iexact=TYPED["email"], kind__startswith="training/mail/place_")
    assert sent.exists()
    OutgoingMail.objects.update(state=OutgoingMail.State.FAILED)
    payer = a_payer(TYPED["email"])
    root = User.objects.create_superuser("root@example.org")
    for user, learns in [(in_group("Fundraisers", "fay@example.org"), False), (root, True)]:
        client = signed_in(user)
        lists = client.get(reverse("outbox:index")).content.decode()
        again = reverse("outbox:resend", args=[sent[0].pk])
        assert (again in lists) is learns
        assert client.get(again).status_code == (200 if learns else 404)
        history = client.get(reverse("payers:inspect", args=[payer.pk])).content.decode()
        assert "Place: " not in history and sent[0].subject not in history


def test_the_export_of_a_roster_does_not_tell_who_has_a_bursary(lived: Client, application: Application) -> None:
    manager = signed_in(one_of_the_team("mara@example.org", group=MANAGERS))
    address = reverse("training_sessions:roster", args=[application.enrolment.session_id])
    answer = manager.get(address, {"export": "csv"})
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    # Under the name that was chosen for lists, like everybody else.
    assert found_in(body.decode()) == {ALIAS}


@pytest.mark.parametrize("group", ["Finance", "Auditors", "Trainers", "Fundraisers"])
def test_two_roles_may_look_and_no_other(application: Application, group: str) -> None:
    other = one_of_the_team("other@example.org", group=group)
    for look in (
        lambda: read_application(application, by=other, why="decide"),
        lambda: see_person(application.enrolment, by=other, why="decide"),
    ):
        with pytest.raises(PermissionDenied):
            look()
    assert not ModelLogEntry.objects.exists()


def test_a_manager_of_training_sees_who_it_is_and_not_what_they_wrote(application: Application) -> None:
    manager = one_of_the_team("mara@example.org", group=MANAGERS)
    assert see_person(application.enrolment, by=manager, why="safety") == NAME
    assert ModelLogEntry.objects.get().data == {"why": "safety"}
    with pytest.raises(PermissionDenied):
        read_application(application, by=manager, why="safety")


def test_keys_change_without_losing_any_of_it(application: Application, settings: Any) -> None:
    settings.CONSENT_KEYS = ["a new key"]
    call_command("seal_consents", verbosity=0)
    settings.SECRET_KEY = "another one"
    kept = Application.objects.get()
    assert kept.words == WORDS and kept.enrolment.person == NAME


class TestSomebodyElsePaysTheRest:
    @pytest.fixture
    def booking(self, application: Application, alice: User) -> Booking:
        """Of $90.00 the bursary pays $60.00, and Alice the rest."""
        approve(application, 6000, version=application.version, by=None)
        payer = a_payer(alice.email, name=alice.name, user=alice)
        booking = Booking.objects.create(payer=payer, email=TYPED["email"], currency="USD")
        Enrolment.objects.update(booking=booking)
        pay(booking)
        assert Enrolment.objects.get().is_confirmed
        return booking

    def test_they_learn_nothing_of_the_trainee(self, client: Client, booking: Booking, alice: User) -> None:
        client.force_login(alice)
        seat = Enrolment.objects.get()
        for public_id in (booking.public_id, seat.public_id):
            assert client.get(reverse("training_booking", args=[f"{public_id.hex}:x"])).status_code == 404
        assert not rows_of(alice) and not Enrolment.objects.filter(belongs_to(alice)).exists()
        told = str(privacy.tables_of(privacy.person_of(alice)))
        assert not found_in(told) and TYPED["email"] not in told

    def test_what_becomes_of_their_address_is_nothing_to_the_trainee(self, booking: Booking, alice: User) -> None:
        change_payer(booking.payer, {"email": "moved@example.org"})
        privacy.erase(privacy.person_of(alice))
        booking.refresh_from_db()
        seat = Enrolment.objects.get()
        assert booking.email == seat.email == TYPED["email"]
        assert (seat.shown_as, seat.person, Application.objects.get().words) == (ALIAS, NAME, WORDS)

    def test_the_trainee_gives_the_seat_up_on_its_own_page(self, client: Client, booking: Booking) -> None:
        seat = Enrolment.objects.get()
        assert client.get(reverse("training_cancel", args=[token_of_seat(seat), seat.public_id])).status_code == 200

    def test_when_the_trainee_leaves_nothing_of_them_stays(self, booking: Booking) -> None:
        training_privacy.erase(Person(user=None, emails=[TYPED["email"]]))
        booking.refresh_from_db()
        seat = Enrolment.objects.get()
        assert (booking.email, seat.email, seat.shown_as, seat.person) == ("", "", "", "")
