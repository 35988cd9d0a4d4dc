"""Counting in rows: one conditional UPDATE a try, so that two requests at once never both get the last place.

The current and the previous window are added up in full. Any stretch as long as a window lies within two of them, so
the limit holds for each; who is at the limit waits between one window and two.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, F, IntegerField, Q, QuerySet, Sum, Value, When

from payments.guard.limits import MINUTE, Limit
from payments.models import Tally

ALL = "all"


def take(limit: Limit, key: str, now: datetime) -> bool:
    """Take one of the places that the limit leaves; False when there is none."""
    row, window = Tally.objects.filter(scope=limit.scope, key=key), _window(limit, now)
    free = row.annotate(so_far=_before(window) + _count(window)).filter(so_far__lt=limit.most)
    if _add(free, window, now):
        return True
    if row.update(over=F("over") + 1, used_at=now):
        return False
    _make(limit.scope, key, now)
    return bool(_add(free, window, now))


def add(limit: Limit, key: str, now: datetime) -> None:
    """Count one, however many there are."""
    row, window = Tally.objects.filter(scope=limit.scope, key=key), _window(limit, now)
    if not _add(row, window, now):
        _make(limit.scope, key, now)
        _add(row, window, now)


def so_far(limit: Limit, key: str, now: datetime) -> int:
    window = _window(limit, now)
    row = Tally.objects.filter(scope=limit.scope, key=key).annotate(so_far=_before(window) + _count(window)).first()
    return row.so_far if row else 0


def times_over(limit: Limit, key: str) -> int:
    """How often a full set of places was asked for in vain."""
    over = Tally.objects.filter(scope=limit.scope, key=key).values_list("over", flat=True).first() or 0
    return over // max(limit.most, 1)


def forget(limit: Limit) -> None:
    Tally.objects.filter(scope=limit.scope).delete()


# -- What the staff's panel shows: one row a minute -----------------------------------------------------------


def count_minute(scope: str, now: datetime) -> None:
    add(Limit(scope, 0, MINUTE), f"{now:%Y-%m-%dT%H:%M}", now)


def last_hour(scope: str, now: datetime) -> int:
    since = now - timedelta(hours=1)
    return Tally.objects.filter(scope=scope, used_at__gt=since).aggregate(total=Sum("count"))["total"] or 0


def _make(scope: str, key: str, now: datetime) -> None:
    Tally.objects.bulk_create([Tally(scope=scope, key=key, used_at=now)], ignore_conflicts=True)


def _window(limit: Limit, now: datetime) -> int:
    return int(now.timestamp()) // limit.seconds


def _add(row: QuerySet[Tally], window: int, now: datetime) -> int:
    # A machine whose clock is a little behind counts into the window that is there.
    is_current = Q(window__gte=window)
    return row.update(
        before=_before(window),
        count=_count(window) + 1,
        over=Case(When(is_current, then=F("over")), default=Value(0)),
        window=Case(When(is_current, then=F("window")), default=Value(window)),
        used_at=now,
    )


def _count(window: int) -> Any:
    return Case(When(window__gte=window, then=F("count")), default=Value(0), output_field=IntegerField())


def _before(window: int) -> Any:
    return Case(
        When(window__gte=window, then=F("before")),
        When(window=window - 1, then=F("count")),
        default=Value(0),
        output_field=IntegerField(),
    )
