"""What people said, by course. Of fewer than five nothing is told, nor what could be worked out from the rest."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from django.db.models import Count, Sum

from training.models import SurveyAnswer

LEAST = 5


@dataclass(frozen=True, kw_only=True)
class CourseResult:
    """``answers`` is None where too few answered to say anything."""

    title: str
    answers: int | None = None
    # From 1 to 5.
    helpful: Fraction | None = None
    # By ``SurveyAnswer.Change``: how many; None where it is too few, or would tell of another that is.
    changes: dict[str, int | None] = field(default_factory=dict)


def results(start: date, end: date) -> list[CourseResult]:
    """What was answered in [start, end), by course; one query."""
    rows = (
        SurveyAnswer.objects.filter(answered_on__gte=start, answered_on__lt=end)
        .order_by("session__page__title", "change")
        .values_list("session__page", "session__page__title", "change")
        .annotate(Count("pk"), Sum("helpful"))
    )
    by_course: dict[tuple[int, str], list[tuple[str, int, int]]] = defaultdict(list)
    for page, title, change, count, helpful in rows:
        by_course[page, title].append((change, count, helpful))
    return [_result(title, said) for (_, title), said in by_course.items()]


def _result(title: str, said: list[tuple[str, int, int]]) -> CourseResult:
    answers = sum(count for _, count, _ in said)
    if answers < LEAST:
        return CourseResult(title=title)
    counts = {change.value: 0 for change in SurveyAnswer.Change} | {change: count for change, count, _ in said}
    helpful = Fraction(sum(helpful for _, _, helpful in said), answers)
    return CourseResult(title=title, answers=answers, helpful=helpful, changes=without_few(counts))


def without_few(counts: dict[str, int]) -> dict[str, int | None]:
    """Hide what is said by one to four, and one more where a single hidden number could be worked out from the sum."""
    hidden = {name for name, count in counts.items() if 0 < count < LEAST}
    shown = {name: count for name, count in counts.items() if count >= LEAST}
    while shown and hidden and (len(hidden) == 1 or sum(counts[name] for name in hidden) < LEAST):
        next_smallest = min(shown, key=lambda name: (shown[name], name))
        hidden.add(next_smallest)
        del shown[next_smallest]
    return {name: None if name in hidden else count for name, count in counts.items()}
