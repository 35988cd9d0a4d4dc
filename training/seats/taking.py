"""Taking seats, and counting those that are nobody's any more.

``select_for_update`` does nothing on SQLite: each step is a conditional UPDATE, the session's before the ticket's, so
that two who book at once wait for each other, never for ever. Who calls sees to it that each seat is taken once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from payments.goods import NotAvailable

if TYPE_CHECKING:
    from training.models import Session, Ticket, WaitingEntry


@transaction.atomic
def take(wanted: Mapping[int, int], *, from_the_line: bool = False) -> None:
    """Take seats (by the key of their ticket, how many), all or none.

    While somebody waits for a seat that is free, it is theirs: only what is offered to the line (``from_the_line``)
    may take it. Raises NotAvailable, with a sentence for whoever wants them.
    """
    tickets = _tickets().select_related("session__page").in_bulk(wanted)
    for pk, number in sorted(wanted.items(), key=lambda one: (tickets[one[0]].session_id, one[0])):
        ticket = tickets[pk]
        session = _sessions().filter(pk=ticket.session_id, state="open", taken__lte=F("seats") - number)
        if not from_the_line:
            session = session.exclude(Exists(who_comes_first(ticket)))
        if not session.update(taken=F("taken") + number):
            raise NotAvailable(_what_is_left(ticket))
        free = _tickets().filter(Q(quota=None) | Q(taken__lte=F("quota") - number), pk=pk)
        if not free.update(taken=F("taken") + number):
            raise NotAvailable(_what_is_left(ticket))


@transaction.atomic
def release(seats: Mapping[int, int]) -> set[int]:
    """Count seats as free, by the key of their ticket. Returns the keys of their sessions.

    Call ``freeing.give_back``, which offers them to who waits.
    """
    tickets = _tickets().in_bulk(seats)
    for pk, number in sorted(seats.items(), key=lambda one: (tickets[one[0]].session_id, one[0])):
        _sessions().filter(pk=tickets[pk].session_id).update(taken=F("taken") - number)
        _tickets().filter(pk=pk).update(taken=F("taken") - number)
    return {ticket.session_id for ticket in tickets.values()}


def who_comes_first(ticket: Ticket) -> QuerySet[WaitingEntry]:
    """Those who wait in the line of a ticket's session for a seat that a buyer of this ticket would take from them."""
    entries = apps.get_model("training", "WaitingEntry").objects.filter(session=OuterRef("pk"), state="waiting")
    can_be_served = Q(ticket__quota=None) | Q(ticket__taken__lt=F("ticket__quota"))
    waiting: QuerySet[WaitingEntry] = entries.filter(can_be_served | Q(ticket=ticket.pk))
    return waiting


def _what_is_left(ticket: Ticket) -> str:
    ticket = _tickets().select_related("session__page").get(pk=ticket.pk)
    session = ticket.session
    if not session.is_open:
        return f"“{session.page}” takes no bookings any more."
    left = min(session.left, session.left if ticket.left is None else ticket.left)
    someone_waits = _sessions().filter(Exists(who_comes_first(ticket)), pk=session.pk).exists()
    if left <= 0 or someone_waits:
        return f"“{session.page}” is full. You can join its waiting list."
    return f"Only {left} {'seat is' if left == 1 else 'seats are'} left for “{session.page}”."


def _sessions() -> QuerySet[Session]:
    sessions: QuerySet[Session] = apps.get_model("training", "Session").objects.all()
    return sessions


def _tickets() -> QuerySet[Ticket]:
    tickets: QuerySet[Ticket] = apps.get_model("training", "Ticket").objects.all()
    return tickets
