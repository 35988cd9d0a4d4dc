"""Working the inbox off: lease an object, read it again from Stripe, apply it in one transaction.

Events of one object never run in parallel, on however many machines; no lock is held over the network; and whatever
is killed half-way leaves either nothing or everything.
"""

from __future__ import annotations

import logging
import random
import secrets
import traceback
from datetime import datetime, timedelta
from pathlib import Path

from django.db import OperationalError, transaction
from django.db.models import F
from django.utils import timezone

from payments.gateway import NoSuchObject, StripeBusy, StripeUnavailable
from payments.issues import open_issue
from payments.mirror import MIRRORS
from payments.mirror.ours import NotHereYet, NotOurs
from payments.models import Event, ObjectLease

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=90)
# How often an event that can't be worked off is tried before a person is asked. Stripe or the database being away is
# nothing that a person can mend here: those waits grow to an hour and go on.
ATTEMPTS = 8
FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(hours=1)
LONG_AGO = datetime.fromisoformat("2000-01-01T00:00:00+00:00")


class LeaseLost(Exception):
    """Another worker took the object over while we were reading: it does the work."""


class TooMuchAsked(Exception):
    """Stripe counts our calls and has had enough of them for now."""


class Busy(Exception):
    """Another worker is at this object right now."""


def lease(object_id: str) -> str | None:
    """Take the object if nobody has it (or its lease ran out). Returns a token, or None."""
    ObjectLease.objects.bulk_create([ObjectLease(object_id=object_id, leased_until=LONG_AGO)], ignore_conflicts=True)
    token, now = secrets.token_hex(16), timezone.now()
    taken = ObjectLease.objects.filter(object_id=object_id, leased_until__lte=now).update(
        token=token, leased_until=now + LEASE
    )
    return token if taken else None


def _confirm(object_id: str, token: str) -> None:
    """Inside the booking transaction: fail unless the lease is still ours. Locks the row until the commit."""
    now = timezone.now()
    held = ObjectLease.objects.filter(object_id=object_id, token=token, leased_until__gt=now)
    if not held.update(leased_until=now + LEASE):
        raise LeaseLost(object_id)


def release_lease(object_id: str, token: str) -> None:
    ObjectLease.objects.filter(object_id=object_id, token=token).update(leased_until=LONG_AGO)


def forget_leases() -> int:
    """Delete leases that ran out long ago; the row of an object that comes up again is made anew."""
    return ObjectLease.objects.filter(leased_until__lt=timezone.now() - timedelta(days=1)).delete()[0]


def sync(kind: str, object_id: str) -> None:
    """Re-read one object and apply it. The return page, the worker and every repair job come through here.

    Raises:
        Busy: another worker has it; it will see everything we would see.
        StripeUnavailable, NoSuchObject, NotOurs, NotHereYet: as their names say; nothing was written.
    """
    token = lease(object_id)
    if token is None:
        raise Busy(object_id)
    try:
        _sync(kind, object_id, token)
    finally:
        release_lease(object_id, token)


def _sync(kind: str, object_id: str, token: str, event_ids: list[int] | None = None) -> None:
    mirror = MIRRORS[kind]
    reading = mirror.read(object_id)
    with transaction.atomic():
        _confirm(object_id, token)
        mirror.apply(reading)
        if event_ids:
            _finish(event_ids, Event.Status.DONE)


def work_off(*, limit: int = 200) -> int:
    """Work off the events that are due, oldest first. Returns how many objects were looked at.

    When Stripe says that we ask too much, the round ends and 0 is returned: the rest would be refused too, and so
    would the visitors who want to pay.
    """
    due = Event.objects.due(timezone.now()).order_by("created", "pk").values_list("object_kind", "object_id")[:limit]
    objects = list(dict.fromkeys(due))
    try:
        return sum(_work_object(kind, object_id) for kind, object_id in objects)
    except TooMuchAsked:
        return 0


def _work_object(kind: str, object_id: str) -> bool:
    if kind not in MIRRORS or not object_id:
        _finish(_due_ids(kind, object_id), Event.Status.IGNORED)
        return True
    token = lease(object_id)
    if token is None:
        return False
    # Taken before the reading: an event that arrives meanwhile must cause another one.
    event_ids = _due_ids(kind, object_id)
    try:
        _sync(kind, object_id, token, event_ids)
    except LeaseLost:
        log.info("Lost the lease on %s.", object_id)
    except NotOurs:
        _finish(event_ids, Event.Status.IGNORED)
    except (StripeUnavailable, OperationalError) as error:
        _postpone(event_ids, type(error).__name__, may_park=False)
        # A lock on one object is that object's affair; the limit on calls is everybody's.
        if isinstance(error, StripeBusy) and error.code != "lock_timeout":
            raise TooMuchAsked from error
    except (NotHereYet, NoSuchObject) as error:
        _postpone(event_ids, f"{type(error).__name__}: {error}")
    except Exception as error:  # a bug in one object's code must not stop the others
        # Where it happened, and not its text: a database quotes the row that it refused, with people's names.
        log.error("Could not work off %s %s: %s", kind, object_id, whereabouts(error))
        _postpone(event_ids, whereabouts(error))
    finally:
        release_lease(object_id, token)
    return True


def _due_ids(kind: str, object_id: str) -> list[int]:
    due = Event.objects.due(timezone.now()).filter(object_kind=kind, object_id=object_id)
    return list(due.values_list("pk", flat=True))


def _finish(event_ids: list[int], status: str) -> None:
    Event.objects.filter(pk__in=event_ids).update(
        status=status, done_at=timezone.now(), error="", attempts=F("attempts") + 1
    )


def whereabouts(error: BaseException) -> str:
    """The kind of an error and the place in our code that it came from, without its words."""
    places = [frame for frame in traceback.extract_tb(error.__traceback__) if "site-packages" not in frame.filename]
    place = f" in {Path(places[-1].filename).name}:{places[-1].lineno} ({places[-1].name})" if places else ""
    return f"{type(error).__name__}{place}"


def _postpone(event_ids: list[int], error: str, *, may_park: bool = True) -> None:
    """Try again later, waiting longer each time; after the last attempt park the event for a person."""
    for event in Event.objects.filter(pk__in=event_ids):
        event.attempts += 1
        event.error = error[:2000]
        if may_park and event.attempts >= ATTEMPTS:
            event.status = Event.Status.PARKED
            open_issue("event_parked", event.event_id, f"{event.type} {event.object_id}: {error[:500]}")
        else:
            event.next_attempt_at = timezone.now() + _wait(event.attempts)
        event.save(update_fields=["attempts", "error", "status", "next_attempt_at"])


def _wait(attempts: int) -> timedelta:
    """2 s, 4 s, 8 s … to an hour, spread so that many do not come back together."""
    longest: timedelta = min(FIRST_WAIT * 2 ** min(attempts - 1, 12), LONGEST_WAIT)
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - spreading, not secrecy
