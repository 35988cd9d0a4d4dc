"""A seat that is booked is theirs no more: counted free once, whoever ends it and however often."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.db import transaction
from django.utils import timezone

from training.bursaries import awards
from training.seats.freeing import give_back
from training.waiting.offers import go_behind

if TYPE_CHECKING:
    from training.models import Enrolment


@transaction.atomic
def end(enrolment: Enrolment, why: str) -> bool:
    """Cancel one booked seat; ``why`` is of ``Enrolment.Ended``. False where it was ended, or moved, meanwhile."""
    has_seat = apps.get_model("training", "Enrolment").objects.filter(
        pk=enrolment.pk, ticket=enrolment.ticket_id, state="confirmed", holds_seat=True
    )
    if not has_seat.update(state="cancelled", holds_seat=False, cancelled_at=timezone.now(), ended=why):
        return False
    awards.end(enrolment)
    go_behind(_addresses_of(enrolment), enrolment.session_id)
    give_back({enrolment.ticket_id: 1})
    return True


def _addresses_of(enrolment: Enrolment) -> list[str]:
    """By which they may wait for more seats: theirs, of who booked, and the one that an offer was mailed to."""
    booked = enrolment.booking.email if enrolment.booking else ""
    offered = enrolment.offer.entry.email if enrolment.offer else ""
    return [enrolment.email, booked, offered]
