"""How far an application is, as its applicant reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.timezone import localtime
from django.utils.translation import get_language

from training.models import Application, Award, BursarySettings, Enrolment, Meeting, Session
from training.sessions.times import span_words

State = Application.State


@dataclass(frozen=True, kw_only=True)
class ShownPlace:
    """Amounts are minor units of the enrolment's currency; ``rest`` is what is still to be paid."""

    title: str
    sentence: str
    days: list[str]
    answer_by: date | None = None
    paid_for: int = 0
    rest: int = 0
    may_answer: bool = False
    may_give_up: bool = False
    has_seat: bool = False


def shown(application: Application) -> ShownPlace:
    enrolment = application.enrolment
    session = enrolment.session
    is_kept = enrolment.state == Enrolment.State.KEPT
    to_pay = is_kept and application.state == State.APPROVED
    title, sentence = _words(application)
    return ShownPlace(
        title=title,
        sentence=sentence,
        days=[_day(session, meeting) for meeting in session.meetings.all()],
        answer_by=_answer_by(application) if application.state == State.SUBMITTED and is_kept else None,
        paid_for=_awarded(application),
        rest=enrolment.amount + enrolment.tax if to_pay else 0,
        may_answer=application.state == State.MORE and is_kept,
        may_give_up=is_kept,
        has_seat=enrolment.is_confirmed,
    )


def _words(application: Application) -> tuple[str, str]:
    enrolment = application.enrolment
    if enrolment.is_confirmed:
        return "Your seat is booked", "It is yours. We look forward to seeing you."
    if enrolment.state == Enrolment.State.KEPT:
        return {
            State.SUBMITTED: ("We have your application", "Your seat is kept for you while we look at it."),
            State.MORE: ("We have a question", "Your seat is kept for you. Please answer below."),
        }.get(State(application.state), ("A bursary pays a part", "Pay the rest, and the seat is yours."))
    if enrolment.ended == Enrolment.Ended.SESSION:
        return "This was cancelled", "We are sorry: it does not take place."
    if application.state == State.DECLINED:
        return "We can’t give you this place", "We are sorry. You are welcome to apply again for another date."
    if application.state == State.WITHDRAWN or enrolment.ended == Enrolment.Ended.BY_TRAINEE:
        return "You gave this place up", "You are welcome to apply again."
    return "This place is not kept any more", "The rest was not paid in time. You are welcome to apply again."


def _day(session: Session, meeting: Meeting) -> str:
    """As the session's own clocks show it."""
    return span_words(meeting.starts_at, meeting.ends_at, session.zone, get_language() or "en")


def _answer_by(application: Application) -> date:
    return localtime(application.submitted_at + timedelta(days=BursarySettings.load().answer_days)).date()


def _awarded(application: Application) -> int:
    award = Award.objects.filter(application=application, ended_at=None).first()
    return award.amount if award else 0
