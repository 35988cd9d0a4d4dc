"""Putting a session on the site, and taking it off again while nobody has anything to do with it."""

from __future__ import annotations

from django.db.models import Exists, OuterRef
from django.utils import timezone

from training.models import Enrolment, Session, WaitingEntry


def why_not_open(session: Session) -> list[str]:
    """What is missing before people can book it, as sentences."""
    problems = []
    if not session.meetings.exists():
        problems.append("Say when it takes place: it has no day yet.")
    elif session.ends_at and session.ends_at <= timezone.now():
        problems.append("It is over: all its days lie in the past.")
    if not session.tickets.filter(is_offered=True).exists():
        problems.append("Say what a seat costs: it has no ticket that is offered. A free one costs 0.")
    if not session.page.live:
        problems.append(f"The page “{session.page.title}” is not published.")
    return problems


def open_session(session: Session) -> bool:
    """From a draft to what people can book. False where it was no draft any more."""
    return bool(Session.objects.filter(pk=session.pk, state=Session.State.DRAFT).update(state=Session.State.OPEN))


def take_off(session: Session) -> bool:
    """Back to a draft. False where somebody has or had a seat, or waits for one: then it is cancelled."""
    untouched = Session.objects.filter(pk=session.pk, state=Session.State.OPEN, taken=0).exclude(
        Exists(Enrolment.objects.filter(session=OuterRef("pk")))
    )
    untouched = untouched.exclude(Exists(WaitingEntry.objects.filter(session=OuterRef("pk"))))
    return bool(untouched.update(state=Session.State.DRAFT))
