"""Asking those who completed a course, once, and taking down what they say without saying who."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts import mailed_links
from accounts.mailing import send_mail_later
from training.models import Enrolment, SurveyAnswer, SurveyAsked, TrainingSettings

TEMPLATE = "training/mail/survey"
USE = "training.survey"
# Of one run of the clock: the rest is asked by the next.
AT_ONCE = 500
# Nobody is asked of what was too long ago when this was switched on.
AT_MOST_LATE = timedelta(days=90)


def ask_all() -> int:
    """The scheduled job: everybody whose course is so many months ago. Returns how many were asked."""
    months = TrainingSettings.load().survey_months
    if not months:
        return 0
    due = timezone.now() - timedelta(days=months * 365 // 12)
    return sum(_ask(enrolment) for enrolment in _due(due))


def _due(before: datetime) -> list[Enrolment]:
    completed = Enrolment.objects.confirmed().filter(
        completed_at__lte=before, completed_at__gt=before - AT_MOST_LATE, survey_asked=None
    )
    return list(completed.exclude(email="").select_related("session__page").order_by("pk")[:AT_ONCE])


def _ask(enrolment: Enrolment) -> bool:
    try:
        with transaction.atomic():
            asked = SurveyAsked.objects.create(enrolment=enrolment)
            context = {"title": str(enrolment.session.page), "survey_url": url_of(asked)}
            send_mail_later(template=TEMPLATE, to=enrolment.email, context=context, language=enrolment.language)
    except IntegrityError:
        # Another process was faster.
        return False
    return True


def url_of(asked: SurveyAsked) -> str:
    return settings.BASE_URL + reverse("training_survey", args=[token_of(asked)])


def token_of(asked: SurveyAsked) -> str:
    return mailed_links.token_of(asked.public_id, use=USE, email=asked.enrolment.email)


@transaction.atomic
def answer(asked: SurveyAsked, *, change: str, helpful: int) -> bool:
    """Keep the answer beside its session, with the month and no day: nobody can tell whose it is.

    False where they have answered before; then nothing is written.
    """
    if not SurveyAsked.objects.filter(pk=asked.pk, has_answered=False).update(has_answered=True):
        return False
    SurveyAnswer.objects.create(
        session=asked.enrolment.session,
        change=SurveyAnswer.Change(change),
        helpful=helpful,
        answered_on=timezone.localdate().replace(day=1),
    )
    return True
