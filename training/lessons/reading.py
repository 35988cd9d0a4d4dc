"""Who may read a lesson: who has a seat in its course, at this request, and its editors. A preview is for everybody."""

from __future__ import annotations

from django.http import HttpRequest
from wagtail import hooks

from training.bookings.access import enrolments_of
from training.models import Enrolment, LessonPage


def enrolment_in(request: HttpRequest, course: int) -> Enrolment | None:
    """The seat by which this visitor takes part in a course; their own before one that they booked for somebody."""
    seats = enrolments_of(request).filter(session__page=course)
    return min(seats, key=lambda seat: (seat.user_id is None or seat.user_id != request.user.pk, seat.pk), default=None)


def may_read(request: HttpRequest, lesson: LessonPage, enrolment: Enrolment | None) -> bool:
    return lesson.is_preview or enrolment is not None or may_edit(request, lesson)


def may_edit(request: HttpRequest, lesson: LessonPage) -> bool:
    """Staff's rights hold where they have shown their second factor, not in any session of theirs."""
    user = request.user
    if not user.is_authenticated or not user.is_staff or not lesson.permissions_for_user(user).can_edit():
        return False
    return any(may_use(request) for may_use in hooks.get_hooks("staff_rights_hold"))
