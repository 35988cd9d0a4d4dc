"""The bursaries' part of the proof that the books hold: money left the fund for seats that somebody has alone."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F

from training.models import Award, Enrolment


def problems() -> Iterator[str]:
    live = Award.objects.filter(ended_at=None)
    confirmed = Enrolment.State.CONFIRMED
    for award in live.filter(transaction=None, application__enrolment__state=confirmed):
        yield f"{award}: its seat is booked, and nothing was released for it."
    ended = Award.objects.exclude(ended_at=None).filter(transaction__isnull=False, transaction__reversed_by=None)
    for award in ended:
        yield f"{award}: it has ended, and what was released was not taken back."
    session = F("application__enrolment__session__starts_at")
    gone = live.filter(transaction__isnull=False, application__enrolment__state=Enrolment.State.CANCELLED)
    for award in gone.filter(application__enrolment__cancelled_at__lt=session):
        yield f"{award}: its seat was given up before the session, and its money is still released."
