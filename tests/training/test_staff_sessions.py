"""Staff set up a session: its days on its own clocks, its seats and tickets, and open it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from receipts.chart import Account
from receipts.ledger import IncomeLine, record_expense, record_income
from receipts.models import Fund
from tests.training.office import a_seat, a_trainer, address, page, signed_in, typed
from tests.training.rows import make_course, make_session, make_ticket
from training.models import CoursePage, Session, Ticket, TicketMemberPrice, TrainingIndexPage, WaitingEntry
from training.roles import MANAGERS
from training.sessions.copying import NoSuchTime, copy_session
from training.sessions.seats import TooFew, set_quota, set_seats

pytestmark = pytest.mark.django_db
INDEX = "training_sessions:index"


@pytest.fixture
def mona(db: None, settings: Any) -> Client:
    """The training manager."""
    settings.STAFF_SECOND_FACTOR = False
    return signed_in(MANAGERS, "mona@example.org")


def day(**fields: str) -> dict[str, str]:
    return {"day": "2027-06-05", "starts": "18:00", "ends": "20:00", "ends_on": "", "topic": "", **fields}


def add(client: Client, course: CoursePage, *days: dict[str, str], **fields: Any) -> Any:
    fields = {"page": course.pk, "seats": 8, **fields}
    return client.post(reverse("training_sessions:add"), typed(None, list(days), **fields))


def errors(answer: Any) -> str:
    form = answer.context["form"]
    rows = [row.errors for row in form.formsets["meetings"].forms] if hasattr(form, "formsets") else []
    return f"{form.errors} {rows}"


class TestDays:
    def test_times_are_those_of_the_sessions_own_clocks(self, mona: Client, course: CoursePage) -> None:
        fields = {"time_zone": "Europe/Madrid", "books_until": "2027-06-04 12:00"}
        assert add(mona, course, day(), day(day="2027-06-12"), **fields).status_code == 302
        session = Session.objects.get()
        assert session.starts_at == datetime(2027, 6, 5, 16, 0, tzinfo=UTC)
        assert session.ends_at == datetime(2027, 6, 12, 18, 0, tzinfo=UTC)
        assert session.books_until == datetime(2027, 6, 4, 10, 0, tzinfo=UTC)
        assert session.state == Session.State.DRAFT and session.seats == 8

    def test_a_gala_goes_past_midnight(self, mona: Client, course: CoursePage) -> None:
        add(mona, course, day(starts="19:00", ends="01:00", ends_on="2027-06-06"))
        assert Session.objects.get().ends_at == datetime(2027, 6, 6, 5, 0, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("row", "fields", "said"),
        [
            ({"day": "2027-03-14", "starts": "02:30", "ends": "04:00"}, {}, "02:30 does not exist"),
            ({"starts": "20:00", "ends": "20:00"}, {}, "A meeting ends after it begins."),
            ({"ends_on": "2027-06-20"}, {}, "A meeting is at most three days long."),
            ({"day": "2027-02-30"}, {}, "Enter a valid date."),
            ({}, {"seats": "0"}, "greater than or equal to 1"),
            ({}, {"seats": "-1"}, "greater than or equal to"),
            ({}, {"seats": "many"}, "Enter a whole number."),
            ({}, {"time_zone": "Mars/Olympus"}, "not one of the available choices"),
            ({}, {"books_until": "2027-06-06 12:00"}, "Booking closes when the first meeting begins, or before."),
            ({}, {"books_from": "2027-05-02 12:00", "books_until": "2027-05-01 12:00"}, "closes after it opens"),
            ({}, {"books_from": "2027-06-05 18:00"}, "Booking opens before it closes."),
            ({}, {"join_url": "http://meet.example.org/x"}, "begins with https"),
            ({}, {"offer_hours": "0"}, "greater than or equal to 1"),
        ],
    )
    def test_what_cannot_be_is_said_beside_its_field(
        self, mona: Client, course: CoursePage, row: dict[str, str], fields: dict[str, str], said: str
    ) -> None:
        answer = add(mona, course, day(**row), **fields)
        assert answer.status_code == 200 and said in errors(answer).replace("&#x27;", "'"), errors(answer)
        assert not Session.objects.exists()

    def test_a_time_that_comes_twice_is_said(self, mona: Client, course: CoursePage) -> None:
        answer = mona.post(
            reverse("training_sessions:add"),
            typed(None, [day(day="2027-11-07", starts="01:30", ends="03:00")], page=course.pk, seats=8),
            follow=True,
        )
        assert "01:30 comes twice: the first of them is meant" in answer.content.decode()
        session = Session.objects.get()
        assert session.starts_at == datetime(2027, 11, 7, 5, 30, tzinfo=UTC)
        # The second of them, once chosen, stays what it is.
        session.meetings.update(starts_at=session.starts_at + timedelta(hours=1))
        mona.post(address("edit", session), typed(session, []))
        session.refresh_from_db()
        assert session.starts_at == datetime(2027, 11, 7, 6, 30, tzinfo=UTC)

    def test_another_zone_keeps_the_times_on_its_clocks(self, mona: Client, course: CoursePage) -> None:
        session = make_session(course, starts_at=datetime(2027, 6, 5, 22, 0, tzinfo=UTC))
        mona.post(address("edit", session), typed(session, [], time_zone="America/Los_Angeles"))
        session.refresh_from_db()
        assert f"{session.local(session.starts_at):%H:%M}" == "18:00" and session.starts_at.hour == 1

    def test_a_day_that_was_marked_is_not_removed(self, mona: Client, session: Session) -> None:
        a_seat(session).attendance.create(meeting=session.meetings.get(), was_there=True)
        answer = mona.post(address("edit", session), typed(session, [], **{"meetings-0-DELETE": "on"}))
        assert "Somebody was marked on a day that you removed" in errors(answer)
        assert session.meetings.count() == 1


class TestSeats:
    def test_fewer_than_are_taken_are_refused_beside_the_field(self, mona: Client, session: Session) -> None:
        for name in ("Ann", "Ben"):
            a_seat(session, name)
        answer = mona.post(address("edit", session), typed(session, [], seats=1))
        assert "2 seats are taken, kept or offered" in str(answer.context["form"].errors["seats"])
        assert mona.post(address("edit", session), typed(session, [], seats=2)).status_code == 302

    def test_a_seat_that_is_taken_meanwhile_is_neither_lost_nor_forgotten(self, session: Session) -> None:
        stale = Session.objects.get(pk=session.pk)
        a_seat(session)
        a_seat(session, "Ben")
        with pytest.raises(TooFew):
            set_seats(stale, 1)
        with pytest.raises(TooFew):
            set_quota(session.tickets.get(), 1)
        session.refresh_from_db()
        assert (session.seats, session.taken) == (5, 2)

    def test_what_is_booked_while_somebody_edits_stays_booked(
        self, mona: Client, session: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from training.staff.session_forms import SessionForm

        def book_meanwhile(form: SessionForm) -> int:
            a_seat(session)
            return int(form.cleaned_data["seats"])

        monkeypatch.setattr(SessionForm, "clean_seats", book_meanwhile)
        assert mona.post(address("edit", session), typed(session, [], seats=9)).status_code == 302
        session.refresh_from_db()
        assert (session.seats, session.taken) == (9, 1)

    def test_more_seats_are_offered_to_who_waits(
        self, mona: Client, session: Session, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
    ) -> None:
        served: list[int] = []
        monkeypatch.setattr("training.sessions.seats.serve", served.append)
        with django_capture_on_commit_callbacks(execute=True):
            mona.post(address("edit", session), typed(session, [], seats=9))
        assert served == [session.pk]


def ticket_typed(**fields: Any) -> dict[str, Any]:
    return {"name": "Table", "price": "120", "lowest": "0", "order": "0", "is_offered": "on", **fields}


class TestTickets:
    def test_with_a_members_price(self, mona: Client, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
        from django.contrib.auth.models import Group

        friends = Group.objects.create(name="Friends")
        monkeypatch.setattr("training.staff.ticket_forms.kept_groups", lambda: {friends.pk: "Friends"})
        fields = ticket_typed(**{f"off_{friends.pk}": "25"}, early_price="90.50", early_until="2026-12-01 00:00")
        Session.objects.update(starts_at=datetime(2099, 1, 1, tzinfo=UTC))
        assert mona.post(address("add_ticket", session), fields).status_code == 302
        ticket = Ticket.objects.get(name="Table")
        assert (ticket.price, ticket.early_price) == (12000, 9050)
        assert ticket.early_until == datetime(2026, 12, 1, 5, 0, tzinfo=UTC)
        assert TicketMemberPrice.objects.get().percent_off == 25
        url = address("ticket", session, ticket.pk)
        assert mona.post(url, ticket_typed(price="110", quota="3")).status_code == 302
        ticket.refresh_from_db()
        assert (ticket.price, ticket.quota, ticket.early_price) == (11000, 3, None)
        assert not TicketMemberPrice.objects.exists()

    @pytest.mark.parametrize(
        ("fields", "name", "said"),
        [
            ({"price": ""}, "price", "This field is required."),
            ({"price": "-5"}, "price", ""),
            ({"price": "0.10"}, "price", "least"),
            ({"name": "seat"}, "name", "a ticket of this name already"),
            ({"early_price": "10"}, "early_until", "Say until when"),
            ({"early_until": "2026-12-01 00:00"}, "early_price", "Say what is paid until then"),
            ({"early_price": "120", "early_until": "2026-12-01 00:00"}, "early_price", "below the price"),
            ({"is_own_price": "on", "lowest": "130"}, "lowest", "at most the suggested one"),
            ({"is_own_price": "on", "early_price": "9", "early_until": "2026-12-01"}, "early_price", "no early price"),
            ({"quota": "0"}, "quota", "greater than or equal to 1"),
        ],
    )
    def test_what_cannot_be_is_said_beside_its_field(
        self, mona: Client, session: Session, fields: dict[str, str], name: str, said: str
    ) -> None:
        answer = mona.post(address("add_ticket", session), ticket_typed(**fields))
        assert answer.status_code == 422 and said in str(answer.context["form"].errors[name])
        assert Ticket.objects.count() == 1

    def test_a_ticket_of_another_session_is_not_there(self, mona: Client, session: Session, course: CoursePage) -> None:
        other = make_session(course)
        url = address("ticket", session, other.tickets.get().pk)
        assert mona.get(url).status_code == mona.post(url, ticket_typed()).status_code == 404


class TestOpening:
    def test_only_with_a_day_and_a_ticket(self, mona: Client, course: CoursePage) -> None:
        add(mona, course)
        session = Session.objects.get()
        said = page(mona, address("inspect", session))
        assert "it has no day yet" in said and "it has no ticket that is offered" in said
        mona.post(address("open", session))
        session.refresh_from_db()
        assert session.state == Session.State.DRAFT
        make_ticket(session)
        mona.post(address("edit", session), typed(session, [day(day="2099-06-05")]))
        mona.post(address("open", session))
        session.refresh_from_db()
        assert session.is_open

    def test_one_that_is_over_is_not_opened(self, mona: Client, course: CoursePage) -> None:
        session = make_session(course, state="draft", starts_at=timezone.now() - timedelta(days=9))
        mona.post(address("open", session))
        session.refresh_from_db()
        assert session.state == Session.State.DRAFT

    def test_it_is_taken_off_only_while_nobody_has_to_do_with_it(self, mona: Client, session: Session) -> None:
        entry = WaitingEntry.objects.create(
            session=session, ticket=session.tickets.get(), name="Wim", email="wim@example.org"
        )
        mona.post(address("take_off", session))
        session.refresh_from_db()
        assert session.is_open
        entry.delete()
        mona.post(address("take_off", session))
        session.refresh_from_db()
        assert session.state == Session.State.DRAFT


class TestCopying:
    def test_the_same_times_on_its_clocks_on_other_days(self, mona: Client, course: CoursePage) -> None:
        # Over a night in which clocks change: noon stays noon.
        session = make_session(course, days=2, starts_at=datetime(2027, 3, 6, 17, 0, tzinfo=UTC))
        answer = mona.post(address("copy", session), {"day": "2027-03-13"})
        copy = Session.objects.latest("pk")
        assert answer["Location"] == address("inspect", copy) and copy.state == Session.State.DRAFT
        assert [day.starts_at.hour for day in copy.meetings.all()] == [17, 16]
        assert copy.tickets.get().price == 9000 and copy.taken == 0

    def test_not_to_a_time_that_does_not_exist(self, course: CoursePage) -> None:
        session = make_session(course, starts_at=datetime(2027, 3, 6, 7, 30, tzinfo=UTC))
        with pytest.raises(NoSuchTime):
            copy_session(session, datetime(2027, 3, 14).date())
        assert Session.objects.count() == 1


class TestListing:
    def test_it_is_narrowed(self, mona: Client, index: TrainingIndexPage, course: CoursePage) -> None:
        past = make_session(course, starts_at=timezone.now() - timedelta(days=40))
        draft = make_session(make_course(index, "Baking"), state="draft")
        a_trainer("Tom", draft)
        for asked, found in [
            ({}, {past, draft}),
            ({"when": "past"}, {past}),
            ({"when": "upcoming"}, {draft}),
            ({"state": "draft"}, {draft}),
            ({"page": course.pk}, {past}),
            ({"trainer": draft.trainers.get().pk}, {draft}),
            ({"q": "bak"}, {draft}),
            ({"q": "\x00"}, {past, draft}),
            ({"trainer": "9" * 30}, {past, draft}),
        ]:
            answer = mona.get(reverse(INDEX), asked)
            assert {one.pk for one in answer.context["object_list"]} == {one.pk for one in found}, asked

    def test_it_says_what_is_taken_waited_for_and_earned(self, mona: Client, session: Session) -> None:
        seat = a_seat(session)
        WaitingEntry.objects.create(session=session, ticket=seat.ticket, name="Wim", email="wim@example.org", wanted=3)
        fund = Fund.unrestricted()
        lines = [
            IncomeLine(account=Account.COURSE_FEES, amount=9000, fund=fund, subject=seat.subject),
            IncomeLine(account=Account.GIFTS, amount=500, fund=fund, subject=seat.gift_subject),
        ]
        now = timezone.now()
        record_income(
            reference="cash:1", occurred_at=now, payer=None, currency="USD", lines=lines, held_in=Account.CASH
        )
        record_expense(
            reference="x:1", account=Account.PROGRAMME, amount=4000, currency="USD", fund=fund, occurred_at=now,
            subject=f"session:{session.pk}",
        )  # fmt: skip
        text = page(mona, reverse(INDEX))
        assert "1 of 5" in text and "$95.00" in text and ">3<" in text.replace(" ", "")
        own = page(mona, address("inspect", session))
        assert "$90.00" in own and "and $5.00 of gifts" in own and "$40.00" in own

    def test_many_take_as_many_queries_as_few(
        self, mona: Client, course: CoursePage, django_assert_num_queries: Any
    ) -> None:
        a_seat(make_session(course))
        page(mona, reverse(INDEX))
        with CaptureQueriesContext(connection) as few:
            page(mona, reverse(INDEX))
        for _ in range(5):
            a_seat(make_session(course, days=2))
        with django_assert_num_queries(len(few)):
            page(mona, reverse(INDEX))


class TestTrainers:
    def test_they_see_their_own_sessions_and_no_income(
        self, session: Session, course: CoursePage, settings: Any
    ) -> None:
        settings.STAFF_SECOND_FACTOR = False
        other = make_session(course, name="Evening group")
        tom = a_trainer("Tom", session)
        answer = tom.get(reverse(INDEX))
        assert [one.pk for one in answer.context["object_list"]] == [session.pk]
        assert "Income" not in answer.content.decode()
        assert tom.get(address("inspect", session)).status_code == 200
        assert tom.get(address("inspect", other)).status_code == 404

    def test_their_log_in_is_one_of_the_group(self, mona: Client, session: Session) -> None:
        a_trainer("Tom", session)
        for email in ("mona@example.org", "nobody@example.org", "tom@example.org"):
            answer = mona.post(reverse("trainers:add"), {"name": "Tim", "about": "", "email": email})
            assert answer.status_code == 200 and "email" in answer.context["form"].errors
        from training.models import Trainer

        trainer = Trainer.objects.get()
        answer = mona.post(reverse("trainers:edit", args=[trainer.pk]), {"name": "Tom", "about": "", "email": ""})
        trainer.refresh_from_db()
        assert answer.status_code == 302 and trainer.user is None


def test_refund_rules_never_give_less_to_who_cancels_earlier(mona: Client) -> None:
    def typed_steps(*steps: tuple[int, int]) -> dict[str, Any]:
        rows = {f"steps-{n}-{name}": value for n, (days, percent) in enumerate(steps)
                for name, value in {"days_before": days, "percent": percent, "id": "", "ORDER": n}.items()}  # fmt: skip
        counts = {"TOTAL_FORMS": len(steps), "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000}
        return {"name": "Usual", **rows, **{f"steps-{name}": value for name, value in counts.items()}}

    from training.models import RefundRules

    for wrong in ([(14, 50), (7, 100)], [(14, 100), (14, 50)]):
        assert mona.post(reverse("refund_rules:add"), typed_steps(*wrong)).status_code == 200
    assert not RefundRules.objects.exists()
    assert mona.post(reverse("refund_rules:add"), typed_steps((7, 50), (14, 100))).status_code == 302
    assert RefundRules.objects.get().percent_at(10) == 50
