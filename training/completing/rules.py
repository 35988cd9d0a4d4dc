"""Completion: there on enough days, and done with every lesson, when the last day is over.

Courses ask for as much as their pages say. Told twice of one enrolment, it is completed once.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from training.completing.issuing import issue
from training.models import Attendance, CoursePage, Enrolment, LessonDone, LessonPage, Session

# Attendance is written down within that time; after it, staff issue a certificate by hand.
LOOKED_AT_FOR = timedelta(days=60)


def complete_all() -> int:
    """The scheduled job: everybody of the sessions that ended lately. Returns how many completed by that."""
    now = timezone.now()
    ended = Session.objects.filter(
        state=Session.State.OPEN, ends_at__lte=now, ends_at__gt=now - LOOKED_AT_FOR, page__coursepage__isnull=False
    )
    return sum(complete_session(session) for session in ended.order_by("pk"))


def complete_session(session: Session) -> int:
    """A few queries for any number of trainees."""
    course = CoursePage.objects.filter(pk=session.page_id).first()
    if course is None or session.ends_at is None or session.ends_at > timezone.now():
        return 0
    waiting = list(session.enrolments.confirmed().filter(completed_at=None).select_related("session"))
    there, done = _days_there(waiting), _lessons_done(waiting, course)
    days, lessons = session.meetings.count(), _lessons_of(course)
    return sum(
        _complete(one, course)
        for one in waiting
        if was_there_enough(there.get(one.pk, 0), days, course.least_attendance)
        and (not course.needs_all_lessons or done.get(one.pk, 0) >= lessons)
    )


def complete_if_due(enrolment: Enrolment) -> None:
    """Call it when somebody was marked as there, or finished a lesson."""
    complete_session(enrolment.session)


def was_there_enough(there: int, days: int, least_percent: int) -> bool:
    """Days on which nobody said who was there count as missed."""
    return there * 100 >= days * least_percent


@transaction.atomic
def _complete(enrolment: Enrolment, course: CoursePage) -> bool:
    mine = Enrolment.objects.confirmed().filter(pk=enrolment.pk, completed_at=None)
    if not mine.update(completed_at=timezone.now()):
        return False
    if course.hours:
        issue(enrolment)
    return True


def _days_there(enrolments: list[Enrolment]) -> dict[int, int]:
    there = Attendance.objects.filter(
        enrolment__in=enrolments, was_there=True, meeting__session=F("enrolment__session")
    )
    return dict(Counter(there.values_list("enrolment", flat=True)))


def _lessons_done(enrolments: list[Enrolment], course: CoursePage) -> dict[int, int]:
    done = LessonDone.objects.filter(enrolment__in=enrolments, lesson__live=True, lesson__path__startswith=course.path)
    return dict(Counter(done.values_list("enrolment", flat=True)))


def _lessons_of(course: CoursePage) -> int:
    return LessonPage.objects.child_of(course).live().count()
