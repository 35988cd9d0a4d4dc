"""Which courses somebody must have completed before they can book another."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest

from training.bookings.access import belongs_to
from training.models import Enrolment, Prerequisite


def missing_for(request: HttpRequest, pages: Iterable[int]) -> dict[int, str]:
    """By the key of a course: why this visitor can't book it yet, as a sentence. Three queries for any number."""
    needs = list(Prerequisite.objects.filter(course__in=set(pages)).select_related("needs"))
    if not needs:
        return {}
    done: set[int] = set()
    if request.user.is_authenticated:
        mine = Enrolment.objects.filter(belongs_to(request.user), completed_at__isnull=False)
        done = set(mine.values_list("session__page", flat=True))
    how = "" if request.user.is_authenticated else " If you did, sign in first."
    return {
        need.course_id: f"“{need.needs.title}” must be completed before this course.{how}"
        for need in needs
        if need.needs_id not in done
    }
