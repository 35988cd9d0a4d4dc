"""Offered seats on their way into a booking and back: an open offer holds its seats, a taken one handed them over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from payments.goods import NotAvailable
from training.seats.freeing import give_back

OVER = "The seat that was offered to you is not kept for you any more. You can join the waiting list again."


@transaction.atomic
def take_up(wanted: Mapping[int, int]) -> None:
    """Hand so many seats of each offer over to a booking; what it does not want of them is free again.

    Raises NotAvailable where an offer is over, taken in another tab, or of fewer seats.
    """
    for pk, number in sorted(wanted.items()):
        now, offer = timezone.now(), _offers().get(pk=pk)
        mine = _offers().filter(pk=pk, state="open", until__gt=now, seats=offer.seats, seats__gte=number)
        if not mine.update(state="taken", answered_at=now, seats=number):
            raise NotAvailable(OVER)
        if offer.seats > number:
            give_back({offer.ticket_id: offer.seats - number})


@transaction.atomic
def reopen(unpaid: Mapping[int, int]) -> set[int]:
    """A checkout ended without money: who was offered its seats may still have them. Returns the offers that hold
    theirs again; the seats of the others are to be given back."""
    still_open: set[int] = set()
    for pk in sorted(unpaid):
        mine = _offers().filter(pk=pk, state="taken")
        if mine.filter(until__gt=timezone.now()).update(state="open", answered_at=None):
            still_open.add(pk)
        elif mine.update(state="expired"):
            _entries().filter(offers=pk, state="offered").update(state="passed")
    return still_open


@transaction.atomic
def settle(paid: Mapping[int, int]) -> None:
    """The seats of these offers are paid for. Who wanted more of them keeps their place in the line for the rest."""
    for pk, number in sorted(paid.items()):
        offer = _offers().get(pk=pk)
        entry = _entries().filter(pk=offer.entry_id, state="offered")
        if entry.filter(wanted__gt=number).update(wanted=F("wanted") - number, state="waiting"):
            continue
        entry.update(state="served", wanted=0)


def go_behind(addresses: Iterable[str], session: int) -> None:
    """Who gave a seat up and still waits for more goes to the end of the line: it is not offered back to them first."""
    known = [address.lower() for address in addresses if address]
    _entries().filter(session=session, state="waiting", email__in=known).update(since=timezone.now())


def _offers() -> Any:
    return apps.get_model("training", "Offer").objects.all()


def _entries() -> Any:
    return apps.get_model("training", "WaitingEntry").objects.all()
