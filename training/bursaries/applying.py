"""Asking for a bursary: who may, and the seat that is kept for them at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from payments.goods import NotAvailable
from training.bursaries import mails
from training.models import Application, BursarySettings, Enrolment, RefundRules, Session, Ticket
from training.seats.taking import take
from training.waiting.lines import tickets_behind_a_line

FULL = "This is full. You can join the waiting list."
CLOSED = "Nobody can apply for a bursary here at the moment."


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What somebody typed who asks for a bursary. ``can_pay`` is in minor units."""

    ticket: Ticket
    name: str
    email: str
    alias: str = ""
    can_pay: int = 0
    words: str = ""
    language: str = "en"


def tickets_for(session: Session) -> list[Ticket]:
    """The seats that a bursary can pay: they cost something, and nothing of that is a gift."""
    return list(session.tickets.filter(is_offered=True, price__gt=0, value=None))


def problem_of(session: Session, at: datetime) -> str:
    """Why nobody can apply now, for the visitor to read; empty when they can."""
    fund = BursarySettings.load().fund
    if fund is None or not session.takes_applications or not tickets_for(session):
        return CLOSED
    if not session.page.live or not session.books_at(at):
        return "Applications are closed."
    return "" if free_tickets(session) else FULL


def free_tickets(session: Session) -> list[Ticket]:
    """Those of them that nobody else has or waits for."""
    tickets = [ticket for ticket in tickets_for(session) if session.left and ticket.left != 0]
    waited_for = tickets_behind_a_line(tickets)
    return [ticket for ticket in tickets if ticket.pk not in waited_for]


def apply(asked: Asked, *, user: Any = None) -> None:
    """Write the application down and keep its seat. Who asks again with one open is sent the link to that one.

    Nothing tells the two apart but the mail. Raises NotAvailable.
    """
    session = asked.ticket.session
    if problem := problem_of(session, timezone.now()):
        raise NotAvailable(problem)
    if open_before := _open_of(session, asked.email):
        mails.received(open_before)
        return
    try:
        mails.received(_write(asked, user))
    except IntegrityError:
        # The other tab was faster, and its mail is on its way.
        if _open_of(session, asked.email) is None:
            raise


def _open_of(session: Session, email: str) -> Application | None:
    mine = Application.objects.filter(enrolment__session=session, enrolment__email=email.lower())
    return mine.filter(enrolment__state=Enrolment.State.KEPT).first()


@transaction.atomic
def _write(asked: Asked, user: Any) -> Application:
    take({asked.ticket.pk: 1})
    enrolment = Enrolment(
        session=asked.ticket.session,
        ticket=asked.ticket,
        state=Enrolment.State.KEPT,
        holds_seat=True,
        currency=settings.REPORTING_CURRENCY,
        price=asked.ticket.price_at(timezone.now()),
        kept_rules=RefundRules.as_facts(asked.ticket.session.page.refund_rules),
        user=user if user is not None and user.is_authenticated else None,
        shown_as=asked.alias or asked.name,
        email=asked.email.lower(),
        language=asked.language,
    )
    enrolment.person = asked.name if asked.alias else ""
    enrolment.save()
    application = Application(enrolment=enrolment, can_pay=asked.can_pay)
    application.words = asked.words
    application.save()
    return application
