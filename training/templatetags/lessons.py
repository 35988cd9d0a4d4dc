from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse

from pages.models import SiteDocument
from training.lessons.progress import lessons_of, progress_of
from training.lessons.reading import enrolment_in
from training.models import LessonPage

register = template.Library()


@register.simple_tag(takes_context=True)
def lesson_progress(context: dict[str, Any], page: LessonPage) -> dict[str, Any]:
    """`{% lesson_progress page as here %}`: the course, its lessons, and how far this visitor is in them."""
    course = page.get_parent()
    enrolment = enrolment_in(context["request"], course.pk)
    return {
        "course": course,
        "enrolment": enrolment,
        "progress": (progress := progress_of(enrolment, lessons_of(course))),
        "is_done": page.pk in progress.done,
        "before": progress.before(page),
        "after": progress.after(page),
    }


@register.simple_tag
def lesson_file(page: LessonPage, document: SiteDocument) -> str:
    """Where whoever may read the lesson has the file. Editors preview it before the lesson has an address."""
    return reverse("training_lesson_file", args=[page.pk, document.pk]) if page.live else str(document.url)
