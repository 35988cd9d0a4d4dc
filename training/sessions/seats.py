"""How many seats there are. Fewer than are taken is refused by the very UPDATE: nobody loses a seat."""

from __future__ import annotations

from functools import partial

from django.db import transaction
from django.db.models import Q

from training.models import Session, Ticket
from training.waiting.serving import serve


class TooFew(Exception):
    """Nothing was changed. The text is a sentence for staff."""


@transaction.atomic
def set_seats(session: Session, seats: int) -> None:
    """What becomes free is offered to who waits, after the commit. Raises TooFew."""
    if not Session.objects.filter(pk=session.pk, taken__lte=seats).update(seats=seats):
        raise TooFew(too_few(Session.objects.values_list("taken", flat=True).get(pk=session.pk)))
    session.seats = seats
    transaction.on_commit(partial(serve, session.pk))


@transaction.atomic
def set_quota(ticket: Ticket, quota: int | None) -> None:
    """The same for a kind of seats; None: as many as the session has. Raises TooFew."""
    enough = Q() if quota is None else Q(taken__lte=quota)
    if not Ticket.objects.filter(enough, pk=ticket.pk).update(quota=quota):
        raise TooFew(too_few(Ticket.objects.values_list("taken", flat=True).get(pk=ticket.pk)))
    ticket.quota = quota
    transaction.on_commit(partial(serve, ticket.session_id))


def too_few(taken: int) -> str:
    said = "seat is taken, kept or offered" if taken == 1 else "seats are taken, kept or offered"
    return f"{taken} {said}: there can’t be fewer."
