"""Staff cancel a seat or a session, asked twice, and tell everybody where time or place changed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from wagtail.models import ModelLogEntry

from accounts.models import OutgoingMail
from payments.finance import FINANCE
from payments.models.owed import OwedRefund
from tests.training.booked import a_booking, rules_for, the_seat
from tests.training.office import a_seat, address, page, signed_in, typed
from tests.training.rows import make_session
from training.models import CoursePage, Enrolment, Session
from training.roles import MANAGERS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_second_factor(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False


@pytest.fixture
def mona(db: None) -> Client:
    return signed_in(MANAGERS, "mona@example.org")


class TestASeat:
    def test_what_the_rules_say_goes_back_after_a_second_look(self, session: Session, mona: Client) -> None:
        rules_for(session, (7, 50))
        seat = the_seat(a_booking(session.tickets.get()))
        url = address("cancel_seat", session, seat.pk)
        assert "By the rules: 50 %" in page(mona, url)
        look = mona.post(url, {"how": "rules"})
        assert "$45.00 goes back by itself (50 %)" in " ".join(look.content.decode().split())
        seat.refresh_from_db()
        assert seat.is_confirmed
        assert mona.post(url, {"how": "rules", "step": "confirmed", "seen": "50"}).status_code == 302
        seat.refresh_from_db()
        session.refresh_from_db()
        assert (seat.state, seat.ended, session.taken) == ("cancelled", "staff", 0)
        assert [line.percent for line in OwedRefund.objects.get().lines.all()] == [50]
        assert ModelLogEntry.objects.get(action="training.cancel_seat").data == {"percent": 50, "why": ""}
        # A second click finds no seat any more.
        assert mona.post(url, {"how": "rules", "step": "confirmed", "seen": "50"}).status_code == 404

    def test_another_part_is_for_who_may_refund_and_says_why(self, session: Session, mona: Client) -> None:
        seat = a_seat(session)
        url = address("cancel_seat", session, seat.pk)
        other = {"how": "other", "percent": "100", "why": "goodwill"}
        assert mona.post(url, other).status_code == 422
        fiona = signed_in(FINANCE, "fiona@example.org")
        for wrong in ({"percent": ""}, {"percent": "101"}, {"percent": "-1"}, {"why": ""}, {"why": "because Tess"}):
            assert fiona.post(url, {**other, **wrong}).status_code == 422
        assert fiona.post(url, {**other, "step": "confirmed", "seen": "100"}).status_code == 302
        seat.refresh_from_db()
        assert seat.state == Enrolment.State.CANCELLED

    def test_what_was_not_seen_is_not_done(self, session: Session, mona: Client) -> None:
        seat = a_seat(session)
        url = address("cancel_seat", session, seat.pk)
        # It was looked at when the rules still said 50 %.
        answer = mona.post(url, {"how": "rules", "step": "confirmed", "seen": "50"})
        seat.refresh_from_db()
        assert answer.status_code == 200 and "Nothing goes back" in answer.content.decode() and seat.is_confirmed

    def test_of_another_session_or_not_booked_it_is_not_there(
        self, session: Session, course: CoursePage, mona: Client
    ) -> None:
        kept, elsewhere = a_seat(session, "Asked", state="kept"), a_seat(make_session(course))
        for seat in (kept, elsewhere):
            assert mona.get(address("cancel_seat", session, seat.pk)).status_code == 404


class TestASession:
    def test_it_is_cancelled_once_with_the_reason_that_is_told(self, session: Session, mona: Client) -> None:
        a_seat(session, "Ann")
        url = address("cancel", session)
        assert mona.post(url, {"reason": " "}).status_code == 422
        said = {"reason": "The teacher is ill."}
        assert "Cancel it for 1 person?" in mona.post(url, said).content.decode()
        session.refresh_from_db()
        assert session.is_open and not OutgoingMail.objects.exists()
        for _ in range(2):
            assert mona.post(url, {**said, "step": "confirmed"}).status_code == 302
        session.refresh_from_db()
        assert (session.state, session.cancel_reason) == ("cancelled", "The teacher is ill.")
        assert list(OutgoingMail.objects.values_list("to", flat=True)) == ["ann@example.org"]
        assert mona.get(address("edit", session)).status_code == 404


class TestTelling:
    def test_who_has_a_seat_is_told_of_another_time_if_staff_say_so(self, session: Session, mona: Client) -> None:
        a_seat(session, "Ann")
        later = (session.starts_at or timezone.now()) + timedelta(days=1)
        session.meetings.update(starts_at=later, ends_at=later + timedelta(hours=2))
        moved = typed(session, [])
        session.meetings.update(starts_at=session.starts_at, ends_at=session.ends_at)
        answer = mona.post(address("edit", session), moved)
        assert answer["Location"] == address("tell", session) and not OutgoingMail.objects.exists()
        assert "1 person goes by the old time or place" in page(mona, answer["Location"])
        mona.post(answer["Location"])
        assert list(OutgoingMail.objects.values_list("to", flat=True)) == ["ann@example.org"]

    def test_nobody_is_asked_about_what_nobody_goes_by(self, session: Session, mona: Client) -> None:
        assert mona.post(address("edit", session), typed(session, [], place="Lodge"))["Location"] == address(
            "inspect", session
        )
        a_seat(session, "Ann")
        session.refresh_from_db()
        assert "inspect" in mona.post(address("edit", session), typed(session, [], seats=7))["Location"]
        assert "tell" in mona.post(address("edit", session), typed(session, [], place="Mill"))["Location"]
