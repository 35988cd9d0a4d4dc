"""Safe mode: for a while, checkouts go on by a mailed link only. It ends by itself."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from payments.guard import limits, tallies
from payments.issues import open_issue
from payments.models import SafeMode

COOL_DOWN = timedelta(minutes=15)
BY_STAFF = timedelta(hours=1)
# Put off in steps: not every try of an attack has to write.
STEP = timedelta(minutes=1)


def state() -> SafeMode:
    return SafeMode.objects.filter(pk=SafeMode.ONLY).first() or SafeMode(pk=SafeMode.ONLY)


def is_on(now: datetime) -> bool:
    return state().is_on(now)


def trip(now: datetime) -> None:
    """Too much is going on: switch it on and tell the staff, once."""
    if _switch_on(now, until=now + COOL_DOWN, by_staff=False):
        open_issue(
            "card_testing",
            "site",
            f"More than {limits.site().most} checkouts were started in {limits.site().seconds // 60} minutes. "
            "Since then a checkout goes on by a mailed link only, until it has been quiet for a while.",
        )


def note_try(now: datetime) -> None:
    """While tries keep coming in as fast as in an attack, it stays on."""
    if not tallies.take(limits.under_attack(), tallies.ALL, now):
        until = now + COOL_DOWN
        SafeMode.objects.filter(on_until__gt=now, on_until__lt=until - STEP).update(on_until=until)


def switch_on(now: datetime) -> None:
    """A person switches it on for an hour."""
    until = now + BY_STAFF
    if not _switch_on(now, until=until, by_staff=True):
        SafeMode.objects.update(on_until=until, by_staff=True)


def switch_off(now: datetime) -> None:
    """A person ends it; the counting of the whole site starts afresh."""
    SafeMode.objects.update(on_until=now)
    tallies.forget(limits.site())


def _switch_on(now: datetime, *, until: datetime, by_staff: bool) -> bool:
    """True for the one request that switched it on."""
    SafeMode.objects.bulk_create([SafeMode(pk=SafeMode.ONLY)], ignore_conflicts=True)
    was_off = Q(on_until__isnull=True) | Q(on_until__lte=now)
    return bool(SafeMode.objects.filter(was_off).update(on_since=now, on_until=until, by_staff=by_staff))
