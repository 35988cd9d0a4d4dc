"""Moving to another session of the same course or event: the new seat first, then the old one is free."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from payments.goods import NotAvailable
from training.bookings import mails
from training.bookings.cancelling import days_before
from training.models import Enrolment, Session, Ticket
from training.seats.freeing import give_back
from training.seats.taking import take
from training.waiting.lines import tickets_behind_a_line


class CannotMove(Exception):
    """Nothing was moved. The text is a sentence for whoever asked."""


def may_move(enrolment: Enrolment, at: datetime) -> bool:
    """By the rules; where we cancelled, always."""
    session = enrolment.session
    if not enrolment.is_confirmed or session.state == Session.State.CANCELLED:
        return enrolment.is_confirmed
    rules = enrolment.rules
    is_in_time = rules is not None and rules.move_days is not None and days_before(session, at) >= rules.move_days
    return is_in_time and session.is_open and days_before(session, at) >= 0


def targets_of(enrolment: Enrolment, at: datetime) -> list[Ticket]:
    """Where this seat could go: what can be booked now, has room, and costs the same."""
    others = Ticket.objects.filter(session__page=enrolment.session.page_id, is_offered=True, session__state="open")
    others = others.exclude(session=enrolment.session_id).select_related("session__page")
    bookable = [ticket for ticket in others if ticket.session.books_at(at) and costs_the_same(enrolment, ticket, at)]
    free = [ticket for ticket in bookable if ticket.session.left and ticket.left != 0]
    lines = tickets_behind_a_line(free)
    return sorted((one for one in free if one.pk not in lines), key=lambda one: (one.session.starts_at, one.pk))


def costs_the_same(enrolment: Enrolment, ticket: Ticket, at: datetime) -> bool:
    """Today, or as it was paid: nothing is paid on top, and nothing goes back."""
    old = enrolment.ticket
    if (old.is_own_price, old.value) != (ticket.is_own_price, ticket.value):
        return False
    if ticket.is_own_price:
        return enrolment.price >= ticket.lowest
    return ticket.price_at(at) in {enrolment.price, old.price_at(at)}


@transaction.atomic
def move(enrolment: Enrolment, ticket: Ticket, at: datetime | None = None) -> None:
    """Give this seat another session. What was paid for it stays paid. Raises CannotMove."""
    if ticket not in targets_of(enrolment, at or timezone.now()):
        raise CannotMove("You can’t move to that date any more.")
    try:
        with transaction.atomic():
            # Both, in one order: two who change places wait for each other, never for ever.
            list(
                Session.objects.select_for_update()
                .filter(pk__in=[enrolment.session_id, ticket.session_id])
                .order_by("pk")
            )
            take({ticket.pk: 1})
            _follow(enrolment, ticket)
    except NotAvailable as full:
        raise CannotMove(str(full)) from full
    give_back({enrolment.ticket_id: 1})
    enrolment.refresh_from_db()
    mails.moved(enrolment)


def _follow(enrolment: Enrolment, ticket: Ticket) -> None:
    mine = Enrolment.objects.filter(
        pk=enrolment.pk, state=Enrolment.State.CONFIRMED, ticket=enrolment.ticket_id, holds_seat=True
    )
    if not mine.update(ticket=ticket, session=ticket.session_id, moved_from=enrolment.session_id):
        raise CannotMove("This seat was given up or moved meanwhile.")
