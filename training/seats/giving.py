"""A seat that nobody pays for, given by staff. Who waits comes first: it is taken as any other seat is."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from training.models import Enrolment, Ticket
from training.seats.taking import take


@transaction.atomic
def give_seat(ticket: Ticket, *, key: uuid.UUID, name: str, email: str = "", language: str = "en") -> bool:
    """``key`` says which giving this is: told twice, it gives one seat, and answers False. Raises NotAvailable."""
    if Enrolment.objects.filter(public_id=key).exists():
        return False
    take({ticket.pk: 1})
    Enrolment.objects.create(
        public_id=key,
        session_id=ticket.session_id,
        ticket=ticket,
        state=Enrolment.State.CONFIRMED,
        holds_seat=True,
        confirmed_at=timezone.now(),
        currency=settings.REPORTING_CURRENCY,
        shown_as=name,
        email=email,
        language=language,
    )
    return True
