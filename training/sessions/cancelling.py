"""A session that does not take place: nobody books it, nobody waits for it, and who has a seat chooses what follows."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from wagtail.log_actions import log

from training.bookings import mails, paying
from training.models import Booking, Enrolment, Offer, Session, WaitingEntry
from training.seats.freeing import give_back
from training.sessions.choosing import DAYS_TO_CHOOSE


@transaction.atomic
def cancel(session: Session, reason: str, by: Any = None) -> bool:
    """Cancel a session, once; ``reason`` is what people who had a seat are told. False where it was cancelled already.

    Who has a seat keeps it in our rows until they have chosen: their money back, another session, or to give it
    (``training.sessions.choosing``). Who is at the checkout gets back by itself what they still pay.
    """
    now = timezone.now()
    standing = Session.objects.filter(pk=session.pk).exclude(state=Session.State.CANCELLED)
    if not standing.update(
        state=Session.State.CANCELLED, cancelled_at=now, cancel_reason=reason, revision=F("revision") + 1
    ):
        return False
    session.refresh_from_db()
    _let_go_of_what_is_unpaid(session)
    _close_the_line(session)
    mails.session_cancelled(session, reason, DAYS_TO_CHOOSE)
    log(session, "training.cancel_session", user=by)
    return True


def _let_go_of_what_is_unpaid(session: Session) -> None:
    held = Booking.objects.filter(enrolments__session=session, enrolments__state=Enrolment.State.HELD)
    for booking in held.distinct().order_by("pk"):
        paying.let_go(booking)


def _close_the_line(session: Session) -> None:
    waiting = WaitingEntry.objects.filter(session=session, state__in=WaitingEntry.IN_LINE)
    waiting.update(state=WaitingEntry.State.CLOSED)
    for offer in Offer.objects.filter(entry__session=session, state=Offer.State.OPEN).order_by("pk"):
        if Offer.objects.filter(pk=offer.pk, state=Offer.State.OPEN).update(state=Offer.State.EXPIRED):
            give_back({offer.ticket_id: offer.seats})
