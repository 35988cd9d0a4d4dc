"""Joining the line and leaving it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from payments.guard import limits, tallies
from payments.guard.visitor import key_of
from training.models import Offer, Ticket, WaitingEntry
from training.seats.freeing import give_back
from training.waiting import mails
from training.waiting.lines import tickets_behind_a_line

if TYPE_CHECKING:
    from datetime import datetime

MOST_SEATS = 10
FROM_ONE = limits.Limit("waiting_from_one", 12, limits.HOUR)
TO_ONE = limits.Limit("waiting_to_one", 6, limits.HOUR)


def can_be_joined(ticket: Ticket, at: datetime) -> bool:
    """There is a line only where no seat is free: who can have one now books it."""
    session = ticket.session
    if not session.has_waiting_list or not session.page.live or not ticket.is_offered or not session.books_at(at):
        return False
    is_full = session.left == 0 or ticket.left == 0
    return is_full or ticket.pk in tickets_behind_a_line([ticket])


def join(ticket: Ticket, *, name: str, email: str, seats: int, user: Any, language: str, from_address: str) -> None:
    """Take a place at the end of the line, once for each address.

    Nothing tells whether the address had one already, or was one too many.
    """
    now, email = timezone.now(), email.strip().lower()
    if not tallies.take(FROM_ONE, from_address, now) or not tallies.take(TO_ONE, key_of("email", email, now), now):
        return
    try:
        with transaction.atomic():
            entry = WaitingEntry.objects.create(
                ticket=ticket,
                session=ticket.session,
                user=user if user.is_authenticated else None,
                name=name,
                email=email,
                wanted=seats,
                language=language,
            )
            mails.joined(entry)
    except IntegrityError:
        # They wait already; their place is the better one.
        return


def place_of(entry: WaitingEntry) -> int:
    """1 for who is served next."""
    before = Q(since__lt=entry.since) | Q(since=entry.since, pk__lt=entry.pk)
    line = WaitingEntry.objects.filter(before, session=entry.session_id, state__in=WaitingEntry.IN_LINE)
    return line.count() + 1


def open_offer(entry: WaitingEntry) -> Offer | None:
    return entry.offers.filter(state=Offer.State.OPEN, until__gt=timezone.now()).first()


@transaction.atomic
def leave(entry: WaitingEntry) -> bool:
    """Leave the line, with what was offered. False where they are not in it any more."""
    in_line = WaitingEntry.objects.filter(pk=entry.pk, state__in=WaitingEntry.IN_LINE)
    if _is_at_checkout(entry) or not in_line.update(state=WaitingEntry.State.LEFT):
        return False
    _give_up(entry, Offer.State.DECLINED)
    return True


@transaction.atomic
def decline(offer: Offer) -> bool:
    """They do not want these seats: the next in line is offered them at once. False where it is answered already."""
    if not _answer(offer, Offer.State.DECLINED):
        return False
    WaitingEntry.objects.filter(pk=offer.entry_id).update(state=WaitingEntry.State.PASSED)
    return True


def expire_offers() -> int:
    """The scheduled job: what was not answered in time is the next one's."""
    over = Offer.objects.filter(state=Offer.State.OPEN, until__lte=timezone.now()).order_by("pk")
    return sum(_expire(offer) for offer in over)


@transaction.atomic
def _expire(offer: Offer) -> bool:
    if not _answer(offer, Offer.State.EXPIRED):
        return False
    WaitingEntry.objects.filter(pk=offer.entry_id).update(state=WaitingEntry.State.PASSED)
    return True


def _give_up(entry: WaitingEntry, state: str) -> None:
    for offer in entry.offers.filter(state=Offer.State.OPEN):
        _answer(offer, state)


def _answer(offer: Offer, state: str) -> bool:
    """End an open offer and free its seats; of two who do so at once, one does."""
    if not Offer.objects.filter(pk=offer.pk, state=Offer.State.OPEN).update(state=state, answered_at=timezone.now()):
        return False
    give_back({offer.ticket_id: offer.seats})
    return True


def _is_at_checkout(entry: WaitingEntry) -> bool:
    return entry.offers.filter(state=Offer.State.TAKEN, enrolments__state="held").exists()
