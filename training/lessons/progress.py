"""How far somebody is in a course: which of its lessons they have done, and with which they go on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wagtail.models import Page

from training.models import Enrolment, LessonDone, LessonPage


@dataclass(frozen=True, kw_only=True)
class Progress:
    lessons: Sequence[LessonPage]
    done: frozenset[int]

    @property
    def count(self) -> int:
        """Of those that are there today: one that was taken away counts for nothing."""
        return sum(lesson.pk in self.done for lesson in self.lessons)

    @property
    def percent(self) -> int:
        return 100 * self.count // len(self.lessons) if self.lessons else 0

    @property
    def is_all(self) -> bool:
        return bool(self.lessons) and self.count == len(self.lessons)

    @property
    def next(self) -> LessonPage | None:
        """The first that is not done."""
        return next((lesson for lesson in self.lessons if lesson.pk not in self.done), None)

    @property
    def next_number(self) -> int:
        """Which of the lessons that is, counted from 1; 0 where all are done."""
        return next((number for number, one in enumerate(self.lessons, 1) if one.pk not in self.done), 0)

    def before(self, lesson: LessonPage) -> LessonPage | None:
        return next((one for one in reversed(self.lessons) if one.path < lesson.path), None)

    def after(self, lesson: LessonPage) -> LessonPage | None:
        return next((one for one in self.lessons if one.path > lesson.path), None)


def lessons_of(course: Page) -> list[LessonPage]:
    """What is there to be read, in the editors' order."""
    return list(LessonPage.objects.child_of(course).live().order_by("path"))


def progress_of(enrolment: Enrolment | None, lessons: Sequence[LessonPage]) -> Progress:
    done = enrolment.lessons_done.values_list("lesson", flat=True) if enrolment else ()
    return Progress(lessons=lessons, done=frozenset(done))


def mark(enrolment: Enrolment, lesson: LessonPage, *, is_done: bool) -> None:
    """Once, however often they click."""
    if is_done:
        LessonDone.objects.get_or_create(enrolment=enrolment, lesson=lesson)
    else:
        LessonDone.objects.filter(enrolment=enrolment, lesson=lesson).delete()
