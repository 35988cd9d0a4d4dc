"""Reports of training: the books' own figures, as of a date, and nothing of a person where few took part."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from payments.finance import FINANCE
from receipts.chart import Account
from receipts.ledger import IncomeLine, record_expense, record_income
from receipts.ledger import reverse as take_back
from receipts.models import Fund, Transaction
from tests.training.office import a_seat, page, signed_in
from tests.training.rows import make_session
from training.models import Application, CoursePage, Enrolment, Session
from training.reports.money import money_of
from training.reports.sessions import sessions_report
from training.sessions.attendance import mark

pytestmark = pytest.mark.django_db
MAY = datetime(2027, 5, 8, 16, 0, tzinfo=UTC)


@pytest.fixture
def fiona(db: None, settings: Any) -> Client:
    """Of Finance."""
    settings.STAFF_SECOND_FACTOR = False
    return signed_in(FINANCE, "fiona@example.org")


@pytest.fixture
def may(course: CoursePage) -> Session:
    return make_session(course, seats=8, starts_at=MAY)


def pay(seat: Enrolment, amount: int = 9000) -> Transaction:
    line = IncomeLine(account=Account.COURSE_FEES, amount=amount, fund=Fund.unrestricted(), subject=seat.subject)
    booked, _ = record_income(
        reference=f"cash:{seat.pk}", occurred_at=timezone.now(), payer=None, currency="USD", lines=[line],
        held_in=Account.CASH,
    )  # fmt: skip
    return booked


def test_a_row_is_what_the_books_and_the_rosters_say(may: Session) -> None:
    seats = [a_seat(may, f"Tess {number}") for number in range(5)]
    a_seat(may, "Asked", state="kept")
    for seat in seats:
        pay(seat)
    record_expense(
        reference="x:1", account=Account.PROGRAMME, amount=20000, currency="USD", fund=Fund.unrestricted(),
        occurred_at=timezone.now(), subject=f"session:{may.pk}",
    )  # fmt: skip
    mark(may.meetings.get(), {seat.pk: True for seat in seats[:4]})
    Enrolment.objects.filter(pk=seats[0].pk).update(completed_at=timezone.now())
    (row,) = sessions_report(202705, 202706).rows
    assert (row.seats, row.booked, row.fill_rate, row.came, row.completed) == (8, 5, 625, 4, 1)
    assert (row.money.earned, row.money.cost, row.money.left) == (45000, 20000, 25000)
    assert not sessions_report(202704, 202705).rows and not sessions_report(202706, 202707).rows


def test_of_four_people_it_is_not_told_who_came(may: Session) -> None:
    seats = [a_seat(may, f"Tess {number}") for number in range(4)]
    mark(may.meetings.get(), {seat.pk: True for seat in seats})
    report = sessions_report(202705, 202706)
    assert (report.rows[0].booked, report.rows[0].came, report.rows[0].completed) == (4, None, None)
    assert report.total and (report.total.booked, report.total.came) == (4, 0)


def test_as_of_a_day_it_is_what_was_known_then(may: Session) -> None:
    before = timezone.now()
    Enrolment.objects.filter(pk=a_seat(may).pk).update(confirmed_at=before - timedelta(days=3))
    gone = a_seat(may, "Ben")
    Enrolment.objects.filter(pk=gone.pk).update(
        confirmed_at=before - timedelta(days=3), cancelled_at=before - timedelta(days=1), state="cancelled",
        holds_seat=False,
    )  # fmt: skip
    pay(gone)
    assert [row.booked for row in sessions_report(202705, 202706, before - timedelta(days=2)).rows] == [2]
    assert [row.booked for row in sessions_report(202705, 202706, before - timedelta(days=4)).rows] == [0]
    assert sessions_report(202705, 202706, before - timedelta(days=2)).rows[0].money.earned == 0
    (now,) = sessions_report(202705, 202706).rows
    assert (now.booked, now.money.earned) == (1, 9000)


def test_what_went_back_is_no_income(may: Session) -> None:
    booked = pay(a_seat(may))
    take_back(booked, reference="back:1", occurred_at=timezone.now())
    assert money_of([may.pk])[may.pk].earned == 0


def test_a_session_of_another_has_none_of_its_money(may: Session, course: CoursePage) -> None:
    other = make_session(course)
    pay(a_seat(other))
    assert money_of([may.pk])[may.pk].earned == 0 and money_of([may.pk, other.pk])[other.pk].earned == 9000


def test_table_and_file_say_the_same(fiona: Client, may: Session) -> None:
    pay(a_seat(may), 12345)
    url, asked = reverse("training_reports:index"), {"first": "2027-05", "last": "2027-05"}
    text = page(fiona, url, **asked)
    assert "$123.45" in text and "1 of 8" in text and "12.5 %" in text
    content = b"".join(fiona.get(url, {**asked, "export": "csv"})).decode("utf-8-sig")
    head, row = csv.reader(io.StringIO(content))
    told = dict(zip(head, row, strict=True))
    assert (told["Income"], told["Booked"], told["Came"], told["Filled in %"]) == ("123.45", "1", "", "12.5")
    assert fiona.get(url, {**asked, "export": "xlsx"}).getvalue()[:2] == b"PK"  # type: ignore[attr-defined]


@pytest.mark.parametrize("asked", [{"first": "x"}, {"first": "2027-05", "last": "2027-01"}, {"as_of": "\x00"}])
def test_bad_input_is_no_error(fiona: Client, may: Session, asked: dict[str, str]) -> None:
    for name in ("index", "outcomes", "bursaries"):
        assert fiona.get(reverse(f"training_reports:{name}"), {**asked, "export": "csv"}).status_code == 200


def test_what_courses_changed_is_told_from_five_answers_up(fiona: Client, may: Session) -> None:
    day = datetime(2027, 6, 1).date()
    for number in range(4):
        may.survey_answers.create(change="work", helpful=5, answered_on=day)
        assert number > 3 or ">5.0<" not in page(
            fiona, reverse("training_reports:outcomes"), first="2027-06", last="2027-06"
        )
    may.survey_answers.create(change="work", helpful=5, answered_on=day)
    text = page(fiona, reverse("training_reports:outcomes"), first="2027-06", last="2027-06")
    assert ">5.0<" in text and ">5<" in text


def test_many_take_as_many_queries_as_few(
    fiona: Client, may: Session, course: CoursePage, django_assert_num_queries: Any
) -> None:
    url, asked = reverse("training_reports:index"), {"first": "2027-05", "last": "2027-05"}
    pay(a_seat(may))
    page(fiona, url, **asked)
    with CaptureQueriesContext(connection) as few:
        page(fiona, url, **asked)
    for number in range(4):
        pay(a_seat(make_session(course, starts_at=MAY + timedelta(days=number))))
    with django_assert_num_queries(len(few)):
        page(fiona, url, **asked)


def test_how_many_asked_for_a_bursary_is_told_where_they_are_none_or_enough(fiona: Client, may: Session) -> None:
    url, today = reverse("training_reports:bursaries"), timezone.localdate()
    # Wide enough for a month that ends while this runs.
    before, after = today - timedelta(days=40), today + timedelta(days=40)
    asked = {"first": f"{before:%Y-%m}", "last": f"{after:%Y-%m}"}

    def apply(number: int) -> None:
        Application.objects.create(enrolment=a_seat(may, f"Asked {number}", state="kept"))

    assert "fewer than 5" not in page(fiona, url, **asked)
    for number in range(4):
        apply(number)
    assert page(fiona, url, **asked).count("fewer than 5") == 1
    apply(4)
    text = page(fiona, url, **asked)
    assert "fewer than 5" not in text and '<td class="books-number">5</td>' in text
