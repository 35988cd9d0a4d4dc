"""Offering free seats to who waits, in the order in which they came."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import transaction
from django.utils import timezone

from payments.goods import NotAvailable
from training.seats import taking
from training.waiting import mails

if TYPE_CHECKING:
    from training.models import Session, WaitingEntry


def serve(session: int) -> int:
    """Offer what is free of a session to those who wait for it. Returns how many offers were made.

    Two processes may do so at once: each place in the line is claimed before its seats are taken.
    """
    served = 0
    for entry in _line(session):
        if _session(session).left == 0:
            break
        try:
            served += _offer(entry)
        except NotAvailable:
            # Somebody took the last one meanwhile: this place in the line stays what it was.
            continue
    return served


@transaction.atomic
def _offer(entry: WaitingEntry) -> bool:
    """As many seats as they want, or as there are. False where another process was faster, or none is free.

    Raises NotAvailable where they were taken since; then nothing is written.
    """
    now, ticket = timezone.now(), entry.ticket
    session = _session(entry.session_id)
    number = min(entry.wanted, session.left if ticket.left is None else min(session.left, ticket.left))
    if number < 1 or not session.books_at(now):
        return False
    if not _entries().filter(pk=entry.pk, state="waiting").update(state="offered"):
        return False
    taking.take({ticket.pk: number}, from_the_line=True)
    offer = entry.offers.create(ticket=ticket, seats=number, until=_kept_until(session, now))
    mails.offered(offer)
    return True


def _kept_until(session: Session, now: datetime) -> datetime:
    closes = session.books_until or session.starts_at
    kept = now + timedelta(hours=session.offer_hours)
    return min(kept, closes) if closes else kept


def serve_all() -> int:
    """The scheduled job: whatever became free while nobody was told."""
    waiting = _entries().filter(state="waiting").order_by("session").values_list("session", flat=True)
    return sum(serve(session) for session in waiting.distinct())


def close_lines() -> int:
    """The scheduled job: nobody waits for a session that can't be booked any more."""
    now = timezone.now()
    waiting = _entries().filter(state="waiting").select_related("session")
    over = [entry.pk for entry in waiting if not _may_open_again(entry.session, now)]
    return int(_entries().filter(pk__in=over, state="waiting").update(state="closed"))


def _may_open_again(session: Session, now: datetime) -> bool:
    is_early = session.books_from is not None and now < session.books_from
    return session.state != "cancelled" and (is_early or session.books_at(now) or session.state == "draft")


def _line(session: int) -> list[WaitingEntry]:
    return list(_entries().filter(session=session, state="waiting").select_related("ticket").order_by("since", "pk"))


def _session(pk: int) -> Session:
    session: Session = apps.get_model("training", "Session").objects.get(pk=pk)
    return session


def _entries() -> Any:
    return apps.get_model("training", "WaitingEntry").objects.all()
