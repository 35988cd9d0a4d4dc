"""What a course changed: asked once, answered without a name, and told of nobody who could be guessed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import OutgoingMail
from tests.training.seats import a_seat
from training.models import Enrolment, Session, SurveyAnswer, SurveyAsked, TrainingSettings
from training.surveys.asking import ask_all, token_of
from training.surveys.results import results, without_few

pytestmark = pytest.mark.django_db


@pytest.fixture
def completed(session: Session) -> Enrolment:
    """Half a year and a day ago."""
    seat = a_seat(session)
    Enrolment.objects.update(completed_at=timezone.now() - timedelta(days=184))
    return seat


def test_they_are_asked_once_when_the_time_has_come(completed: Enrolment) -> None:
    Enrolment.objects.update(completed_at=timezone.now() - timedelta(days=180))
    assert ask_all() == 0
    Enrolment.objects.update(completed_at=timezone.now() - timedelta(days=184))
    assert ask_all() == 1 and ask_all() == 0
    mail = OutgoingMail.objects.get()
    assert mail.subject == "Two questions to you" and token_of(SurveyAsked.objects.get()) in mail.text


def test_it_can_be_switched_off_and_asks_nobody_of_long_ago(completed: Enrolment) -> None:
    TrainingSettings.objects.update_or_create(defaults={"survey_months": 0})
    assert ask_all() == 0
    TrainingSettings.objects.update(survey_months=1)
    assert ask_all() == 0


def test_an_answer_knows_its_session_its_month_and_no_person(completed: Enrolment) -> None:
    ask_all()
    address = reverse("training_survey", args=[token_of(SurveyAsked.objects.get())])
    assert Client().post(address, {"change": "work"}).status_code == 422
    assert "Thank you" in Client().post(address, {"change": "work", "helpful": "5"}).content.decode()
    answer = SurveyAnswer.objects.get()
    assert (answer.session, answer.change, answer.helpful) == (completed.session, "work", 5)
    assert answer.answered_on.day == 1
    related = {field.related_model for field in SurveyAnswer._meta.get_fields() if field.is_relation}
    assert related == {Session}


def test_nobody_answers_twice(completed: Enrolment) -> None:
    ask_all()
    address = reverse("training_survey", args=[token_of(SurveyAsked.objects.get())])
    for change in ("work", "none"):
        Client().post(address, {"change": change, "helpful": "1"})
    assert SurveyAnswer.objects.get().change == "work"


def test_a_stranger_finds_nothing(completed: Enrolment) -> None:
    ask_all()
    for token in ("x", str(SurveyAsked.objects.get().public_id), f"{SurveyAsked.objects.get().public_id.hex}:forged"):
        assert Client().get(reverse("training_survey", args=[token])).status_code == 404


def said(session: Session, **counts: int) -> None:
    for change, count in counts.items():
        for _ in range(count):
            SurveyAnswer.objects.create(session=session, change=change, helpful=4, answered_on=date(2026, 9, 1))


def test_of_fewer_than_five_nothing_is_told(session: Session) -> None:
    said(session, work=4)
    (result,) = results(date(2026, 1, 1), date(2027, 1, 1))
    assert result.answers is None and result.helpful is None and result.changes == {}
    said(session, work=1)
    (result,) = results(date(2026, 1, 1), date(2027, 1, 1))
    assert result.answers == result.changes["work"] == 5 and result.helpful == 4
    assert results(date(2026, 10, 1), date(2027, 1, 1)) == []


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ({"a": 9, "b": 6, "c": 0}, {"a": 9, "b": 6, "c": 0}),
        # One alone could be worked out from the sum: the next smallest is hidden with it.
        ({"a": 9, "b": 6, "c": 2}, {"a": 9, "b": None, "c": None}),
        # Two that together are fewer than five still tell of few.
        ({"a": 9, "b": 6, "c": 2, "d": 1}, {"a": 9, "b": None, "c": None, "d": None}),
        ({"a": 9, "b": 4, "c": 3}, {"a": 9, "b": None, "c": None}),
    ],
)
def test_what_few_said_is_hidden_and_cannot_be_worked_out(counts: dict[str, int], told: dict[str, int | None]) -> None:
    assert without_few(counts) == told
