"""Who takes part, who was there, a free seat, a mail to all: under names on lists, for who sees that session."""

from __future__ import annotations

import csv
import io
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from accounts.models import OutgoingMail
from tests.receipts import cast
from tests.training.office import a_seat, a_trainer, address, page, signed_in
from tests.training.rows import make_course, make_session, make_ticket
from training.models import Attendance, CoursePage, Enrolment, Session, TrainingIndexPage, WaitingEntry
from training.roles import MANAGERS
from training.staff.calendar import month_page

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_second_factor(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False


@pytest.fixture
def mona(db: None) -> Client:
    return signed_in(MANAGERS, "mona@example.org")


@pytest.fixture
def begun(course: CoursePage) -> Session:
    """Two days: a week ago, and today."""
    return make_session(course, days=2, starts_at=timezone.now() - timedelta(days=7, hours=1))


def days_of(session: Session) -> list[int]:
    return list(session.meetings.values_list("pk", flat=True))


class TestRoster:
    def test_it_shows_names_on_lists_and_nothing_behind_them(self, mona: Client, session: Session) -> None:
        seat = a_seat(session, "Wren")
        seat.person = "Maria Morales"
        seat.save()
        a_seat(session, "")
        a_seat(session, "Ottilie", state="kept")
        a_seat(session, "Philippa", state="held")
        Enrolment.objects.create(session=session, ticket=seat.ticket, state="lapsed", currency="USD", shown_as="Gone")
        text = page(mona, address("roster", session))
        assert "Wren" in text and "Not named yet" in text and "Gone" not in text
        assert "2 booked</strong> of 5" in text
        for hidden in ("Maria", "Morales", "Ottilie", "Philippa", "example.org", "Kept", "checkout", "ursary"):
            assert hidden not in text.partition("<main")[2]
        # One at the checkout and one who asked for a bursary are told apart by nobody.
        assert text.count("Not confirmed yet") == 2

    def test_managers_see_who_it_is_for_a_reason_that_is_written_down(self, mona: Client, session: Session) -> None:
        seat = a_seat(session, "Wren")
        seat.person = "Maria Morales"
        seat.save()
        url = address("person", session, seat.pk)
        assert url in page(mona, address("roster", session)) and "Maria" not in page(mona, url)
        for why in ("", "curious"):
            answer = mona.post(url, {"why": why})
            assert answer.status_code == 422 and "Maria" not in answer.content.decode()
        assert not ModelLogEntry.objects.exists()
        assert "Maria Morales" in mona.post(url, {"why": "safety"}).content.decode()
        entry = ModelLogEntry.objects.get()
        assert (entry.action, entry.object_id, entry.data) == ("training.see_person", str(seat.pk), {"why": "safety"})
        kept = a_seat(session, "Asked", state="kept")
        assert mona.post(address("person", session, kept.pk), {"why": "safety"}).status_code == 404
        tom = a_trainer("Tom", session)
        assert tom.post(url, {"why": "safety"}).status_code == 302
        assert url not in page(tom, address("roster", session)) and ModelLogEntry.objects.count() == 1

    def test_many_take_as_many_queries_as_few(
        self, mona: Client, session: Session, django_assert_num_queries: Any
    ) -> None:
        Session.objects.update(seats=50)
        a_seat(session)
        page(mona, address("roster", session))
        with CaptureQueriesContext(connection) as few:
            page(mona, address("roster", session))
        for number in range(8):
            a_seat(session, f"Tess {number}")
        with django_assert_num_queries(len(few)):
            page(mona, address("roster", session))

    def test_who_waits_is_shown_to_the_office_alone(self, mona: Client, session: Session) -> None:
        ticket = session.tickets.get()
        WaitingEntry.objects.create(session=session, ticket=ticket, name="Wim Wait", email="wim@example.org")
        assert "Wim Wait" in page(mona, address("roster", session))
        assert "Wim Wait" not in page(a_trainer("Tom", session), address("roster", session))

    def test_who_asked_us_is_taken_off_the_list(self, mona: Client, session: Session) -> None:
        ticket = session.tickets.get()
        entry = WaitingEntry.objects.create(session=session, ticket=ticket, name="Wim Wait", email="wim@example.org")
        other = make_session(session.page)
        assert mona.post(address("take_off_list", other, entry.pk)).status_code == 404
        assert mona.get(address("take_off_list", session, entry.pk)).status_code == 405
        for _ in range(2):
            assert mona.post(address("take_off_list", session, entry.pk)).status_code == 302
        entry.refresh_from_db()
        assert entry.state == WaitingEntry.State.LEFT
        assert ModelLogEntry.objects.filter(action="training.take_off_list").count() == 1

    def test_a_file_has_addresses_only_for_who_may_take_them_along(self, mona: Client, session: Session) -> None:
        a_seat(session, "=Wren()", email="wren@example.org")
        tom = a_trainer("Tom", session)
        for client in (mona, tom):
            content = b"".join(client.get(address("roster", session), {"export": "csv"}))
            assert b"wren@" not in content
            head, row = csv.reader(io.StringIO(content.decode("utf-8-sig")))
            assert head[:3] == ["Name", "Ticket", "State"] and row[0] == "'=Wren()" and row[2] == "Booked"
        asked = {"export": "csv", "email": "1"}
        assert b"wren@example.org" in b"".join(mona.get(address("roster", session), asked))
        assert tom.get(address("roster", session), asked).status_code == 302
        taken = ModelLogEntry.objects.filter(action="training.export_roster")
        assert [entry.data["addresses"] for entry in taken.order_by("pk")] == [False, False, True]
        a_seat(session, "Ottilie", state="kept")
        assert b"ttilie" not in b"".join(mona.get(address("roster", session), asked))

    def test_the_sheet_to_sign_has_who_is_booked(self, mona: Client, begun: Session) -> None:
        from training.staff.papers import sign_in_html
        from training.staff.rosters import roster_of

        a_seat(begun, "Wren")
        a_seat(begun, "Asked", state="kept")
        answer = mona.get(address("sheet", begun))
        assert answer.status_code == 200 and "no-store" in answer["Cache-Control"]
        meetings = list(begun.meetings.all())
        html = sign_in_html(begun, meetings, [row for row in roster_of(begun, meetings) if row.is_booked])
        assert "Wren" in html and "Asked" not in html and html.count("<th>") == 2


class TestAttendance:
    def test_each_is_there_or_not_or_nobody_has_said(self, mona: Client, begun: Session) -> None:
        ann, ben, cleo = (a_seat(begun, name) for name in ("Ann", "Ben", "Cleo"))
        url = address("attendance", begun, days_of(begun)[0])
        mona.post(url, {"step": "save", f"mark-{ann.pk}": "there", f"mark-{ben.pk}": "away", f"mark-{cleo.pk}": ""})
        assert dict(Attendance.objects.values_list("enrolment", "was_there")) == {ann.pk: True, ben.pk: False}
        text = page(mona, address("roster", begun))
        assert "There" in text and "Not there" in text
        mona.post(url, {"step": "save", f"mark-{ann.pk}": "", f"seen-{ann.pk}": "there"})
        assert dict(Attendance.objects.values_list("enrolment", "was_there")) == {ben.pk: False}

    def test_all_others_at_once_and_undone(self, mona: Client, begun: Session) -> None:
        ann, ben = (a_seat(begun, name) for name in ("Ann", "Ben"))
        url = address("attendance", begun, days_of(begun)[0])
        mona.post(url, {"step": "save", f"mark-{ann.pk}": "away", f"mark-{ben.pk}": ""})
        both = {f"mark-{ann.pk}": "away", f"seen-{ann.pk}": "away", f"mark-{ben.pk}": ""}
        mona.post(url, {"step": "all", **both})
        assert dict(Attendance.objects.values_list("enrolment", "was_there")) == {ann.pk: False, ben.pk: True}
        mona.post(url, {"step": "undo"})
        assert dict(Attendance.objects.values_list("enrolment", "was_there")) == {ann.pk: False}
        mona.post(url, {"step": "undo"})
        assert Attendance.objects.count() == 1

    def test_two_who_mark_at_once_do_not_undo_each_other(self, mona: Client, begun: Session) -> None:
        ann, ben = (a_seat(begun, name) for name in ("Ann", "Ben"))
        url = address("attendance", begun, days_of(begun)[0])
        tom = a_trainer("Tom", begun)
        # Both saw an empty sheet.
        mona.post(url, {"step": "save", f"mark-{ann.pk}": "there", f"mark-{ben.pk}": ""})
        tom.post(url, {"step": "save", f"mark-{ann.pk}": "", f"mark-{ben.pk}": "there"})
        assert Attendance.objects.filter(was_there=True).count() == 2

    def test_nobody_was_there_on_a_day_to_come(self, mona: Client, session: Session) -> None:
        seat = a_seat(session)
        url = address("attendance", session, days_of(session)[0])
        assert "This day has not come yet" in page(mona, url)
        mona.post(url, {"step": "save", f"mark-{seat.pk}": "there"})
        assert not Attendance.objects.exists()

    def test_what_is_no_seat_of_this_session_is_left_out(
        self, mona: Client, begun: Session, course: CoursePage
    ) -> None:
        other, kept = a_seat(make_session(begun.page)), a_seat(begun, "Asked", state="kept")
        url = address("attendance", begun, days_of(begun)[0])
        keys = (other.pk, kept.pk, "9" * 30, "x", "-1")
        mona.post(url, {"step": "save", **{f"mark-{key}": "there" for key in keys}, "mark-1": "perhaps"})
        assert not Attendance.objects.exists()
        day_of_other = days_of(other.session)[0]
        assert mona.get(address("attendance", begun, day_of_other)).status_code == 404


class TestFreeSeats:
    def typed(self, session: Session, **fields: Any) -> dict[str, Any]:
        first = {"key": str(uuid.uuid4()), "ticket": session.tickets.get().pk, "name": "Nora", "language": "en"}
        return {**first, "email": "", **fields}

    def test_told_twice_gives_one_seat(self, mona: Client, session: Session) -> None:
        typed = self.typed(session)
        for _ in range(2):
            assert mona.post(address("give_seat", session), typed).status_code == 302
        seat = Enrolment.objects.get()
        session.refresh_from_db()
        assert (seat.shown_as, seat.is_confirmed, seat.paid, session.taken) == ("Nora", True, 0, 1)

    def test_not_before_who_waits_and_not_where_it_is_full(self, mona: Client, session: Session) -> None:
        ticket = session.tickets.get()
        entry = WaitingEntry.objects.create(session=session, ticket=ticket, name="Wim", email="wim@example.org")
        answer = mona.post(address("give_seat", session), self.typed(session))
        assert answer.status_code == 422 and "is full" in answer.content.decode()
        entry.delete()
        Session.objects.update(seats=1, taken=1)
        assert mona.post(address("give_seat", session), self.typed(session)).status_code == 422
        assert not Enrolment.objects.exists()

    def test_a_ticket_of_another_session_is_no_choice(self, mona: Client, session: Session, course: CoursePage) -> None:
        other = make_session(course).tickets.get()
        assert mona.post(address("give_seat", session), self.typed(session, ticket=other.pk)).status_code == 422


class TestWriting:
    WORDS = "Bring <b>scissors</b>.\nThe canary sings."

    def write(self, client: Client, session: Session, step: str, key: str = "", **fields: Any) -> Any:
        typed = {"key": key or str(uuid.uuid4()), "words": self.WORDS, "step": step, **fields}
        return client.post(address("mail", session), typed)

    def test_it_is_looked_at_and_tried_before_anybody_gets_it(self, mona: Client, session: Session) -> None:
        a_seat(session, "Ann")
        answer = self.write(mona, session, "preview")
        text = answer.content.decode()
        assert "Bring &lt;b&gt;scissors&lt;/b&gt;." in text and "About your booking" in text
        assert not OutgoingMail.objects.exists()
        self.write(mona, session, "test")
        assert list(OutgoingMail.objects.values_list("to", flat=True)) == ["mona@example.org"]

    def test_each_gets_one_of_their_own_and_nobody_two(self, mona: Client, session: Session) -> None:
        a_seat(session, "Ann")
        a_seat(session, "Ben", email="ANN@example.org")
        a_seat(session, "Asked", state="kept")
        a_seat(session, "Cleo", language="es")
        key = str(uuid.uuid4())
        for _ in range(2):
            assert self.write(mona, session, "send", key).status_code == 302
        sent = list(OutgoingMail.objects.order_by("to"))
        assert [(one.to, one.subject) for one in sent] == [
            ("ann@example.org", "About your booking"),
            ("cleo@example.org", "Sobre su reserva"),
        ]
        assert "<b>scissors" not in sent[0].html and "Sewing for a living" in sent[0].text
        entry = ModelLogEntry.objects.get(action="training.mail_roster")
        assert entry.data == {"people": 2} and "canary" not in str(entry.data)
        assert not mail.outbox or all("canary" not in one.subject for one in mail.outbox)

    def test_nothing_is_no_mail(self, mona: Client, session: Session) -> None:
        a_seat(session, "Ann")
        assert self.write(mona, session, "send", words=" ").status_code == 422
        assert self.write(mona, session, "send", key="x").status_code == 422
        assert not OutgoingMail.objects.exists()


class TestCalendar:
    def test_each_stands_on_the_day_of_its_own_clocks(self, mona: Client, course: CoursePage) -> None:
        # Half past eleven at night on the last of May in Auckland is still the last of May there.
        make_session(course, starts_at=datetime(2027, 5, 31, 11, 30, tzinfo=UTC), time_zone="Pacific/Auckland")
        answer = mona.get(reverse("training_sessions:calendar"), {"month": "2027-05"})
        squares = {one.day: one.meetings for week in answer.context["weeks"] for one in week}
        assert [one.time for one in squares[date(2027, 5, 31)]] == ["23:30 NZST"]
        assert sum(len(meetings) for meetings in squares.values()) == 1

    def test_a_trainer_finds_their_own(self, session: Session, index: TrainingIndexPage) -> None:
        other = make_session(make_course(index, "Baking"), starts_at=session.starts_at)
        user = cast.in_group("Trainers", "tim@example.org")
        session.trainers.create(name="Tim", user=user)
        month = session.local(session.starts_at or timezone.now())
        weeks = month_page(user, month.year * 100 + month.month, date(2027, 1, 1))
        shown = [one.session.pk for week in weeks for square in week for one in square.meetings]
        assert session.pk in shown and other.pk not in shown

    @pytest.mark.parametrize("month", ["2027-13", "x", "1850-01", "9999-12", "\x00"])
    def test_what_is_no_month_is_not_there(self, mona: Client, month: str) -> None:
        assert mona.get(reverse("training_sessions:calendar"), {"month": month}).status_code == 404

    def test_many_take_as_many_queries_as_few(
        self, mona: Client, course: CoursePage, django_assert_num_queries: Any
    ) -> None:
        url = reverse("training_sessions:calendar")
        make_session(course, starts_at=datetime(2027, 5, 3, 12, tzinfo=UTC))
        page(mona, url, month="2027-05")
        with CaptureQueriesContext(connection) as few:
            page(mona, url, month="2027-05")
        for day in range(5, 12):
            make_session(course, starts_at=datetime(2027, 5, day, 12, tzinfo=UTC), days=2)
        with django_assert_num_queries(len(few)):
            page(mona, url, month="2027-05")


def test_a_ticket_of_its_own_kind_is_given(mona: Client, session: Session) -> None:
    table = make_ticket(session, name="Table", quota=1)
    typed = {"key": str(uuid.uuid4()), "ticket": table.pk, "name": "Nora", "language": "en"}
    mona.post(address("give_seat", session), typed)
    table.refresh_from_db()
    assert table.taken == 1
