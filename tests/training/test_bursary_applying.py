"""Applying for a bursary: no proof, a seat at once, a mail that says nothing, and a page for whoever has its link."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import OutgoingMail, User
from tests.training.applying import TYPED, WORDS, a_bursary_fund, an_application, apply, mailed_link
from training.bursaries.forgetting import forget_words
from training.models import Application, BursarySettings, Enrolment, Session, WaitingEntry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quick(settings: Any) -> None:
    settings.SIGN_IN_SECONDS = 0


@pytest.fixture
def session(session: Session) -> Session:
    """Whose seats a bursary can pay."""
    a_bursary_fund()
    Session.objects.filter(pk=session.pk).update(takes_applications=True)
    session.refresh_from_db()
    return session


def taken(session: Session) -> int:
    return Session.objects.get(pk=session.pk).taken


def post(path: str, step: str, client: Client | None = None, **typed: Any) -> Any:
    return (client or Client()).post(f"{path}{step}/", typed, follow=True)


def test_the_form_says_that_nobody_asks_for_proof_who_reads_it_and_when_they_hear(session: Session) -> None:
    page = Client().get(f"/training/apply/{session.public_id}/").content.decode()
    for words in ("Nobody asks for proof", "Each look is written down", "within 10 days"):
        assert words in page


def test_a_seat_is_kept_from_the_moment_of_asking_and_what_was_written_is_sealed(session: Session) -> None:
    application = an_application(session, alias="Ama")
    seat = application.enrolment
    assert (seat.state, seat.holds_seat, seat.price, taken(session)) == (Enrolment.State.KEPT, True, 9000, 1)
    assert (seat.shown_as, seat.person, application.can_pay) == ("Ama", TYPED["name"], 2000)
    assert application.words == WORDS
    row = [*Application.objects.values_list("sealed_words"), *Enrolment.objects.values_list("sealed_person")]
    assert WORDS not in str(row) and TYPED["name"] not in str(row)


def test_who_asks_again_has_one_seat_and_nothing_on_the_page_tells_it(session: Session) -> None:
    first = apply(session).content
    again = apply(session, email="AMARA@example.org").content
    assert first == again
    assert Application.objects.count() == taken(session) == 1
    assert OutgoingMail.objects.filter(to=TYPED["email"]).count() == 2
    # Open in another session of the course is something else.
    assert Enrolment.objects.filter(state="kept").count() == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"takes_applications": False}, "Nobody can apply"),
        ({"taken": 5}, "You can join the waiting list."),
        ({"starts_at": timezone.now() - timedelta(hours=1)}, "Applications are closed."),
    ],
)
def test_where_nobody_can_apply_it_says_why(session: Session, changes: dict[str, Any], words: str) -> None:
    Session.objects.update(**changes)
    answer = apply(session)
    assert answer.status_code == 410 and words in answer.content.decode()
    assert not Application.objects.exists()


def test_without_a_fund_nobody_can_apply(session: Session) -> None:
    BursarySettings.objects.update(fund=None)
    assert apply(session).status_code == 410


def test_a_free_seat_belongs_to_whoever_waits_for_it(session: Session) -> None:
    WaitingEntry.objects.create(ticket=session.tickets.get(), session=session, name="Bo", email="bo@example.org")
    assert "waiting list" in apply(session).content.decode() and taken(session) == 0


@pytest.mark.parametrize("amount", ["-1", "90", "1000", "what I have", ""])
def test_an_amount_that_no_bursary_is_needed_for_is_asked_again(session: Session, amount: str) -> None:
    answer = apply(session, can_pay=amount)
    assert answer.status_code == 422 and taken(session) == 0


def test_a_draft_is_nobodys_business(session: Session) -> None:
    Session.objects.update(state=Session.State.DRAFT)
    assert apply(session).status_code == 404


class TestThePlace:
    def test_whoever_has_the_link_sees_it_and_a_stranger_does_not(self, session: Session, charlie: User) -> None:
        an_application(session)
        path = mailed_link()
        assert "Your seat is kept for you" in Client().get(path).content.decode()
        stranger = Client()
        stranger.force_login(charlie)
        for broken in (path[:-2] + "/", path.replace("/place/", "/order/")):
            assert stranger.get(broken).status_code == 404
        for step in ("answer", "give-up", "pay"):
            assert stranger.post(f"{path[:-2]}/{step}/").status_code == 404

    def test_withdrawing_frees_the_seat_once(self, session: Session) -> None:
        application = an_application(session)
        path = mailed_link()
        assert "given up" in post(path, "give-up").content.decode()
        post(path, "give-up")
        application.refresh_from_db()
        assert (application.state, taken(session)) == (Application.State.WITHDRAWN, 0)
        # And may ask again.
        an_application(session)
        assert taken(session) == 1

    def test_a_question_is_answered_there_and_looked_at_again(self, session: Session) -> None:
        application = an_application(session)
        Application.objects.update(state="more", answer="Which evenings suit you?")
        path = mailed_link()
        assert "Which evenings suit you?" in Client().get(path).content.decode()
        assert post(path, "answer").status_code == 422
        post(path, "answer", words="Only Tuesdays")
        application.refresh_from_db()
        assert (application.state, application.words) == ("submitted", f"{WORDS}\n\nOnly Tuesdays")
        assert application.version == 2
        post(path, "answer", words="And Fridays")
        application.refresh_from_db()
        assert "Fridays" not in application.words


def test_what_was_written_is_forgotten_ninety_days_after_the_session(session: Session) -> None:
    an_application(session)
    assert forget_words() == 0
    Session.objects.update(starts_at=timezone.now() - timedelta(days=95), ends_at=timezone.now() - timedelta(days=91))
    assert forget_words() == 1 and forget_words() == 0
    assert Application.objects.get().words == ""
