"""Telling who has a seat that its time or place has changed."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from training.bookings import mails
from training.models import Reminder, Session


@transaction.atomic
def tell_changed(session: Session) -> None:
    """Call it after the change: calendars hear of it, everybody is mailed, and is reminded anew of what is to come."""
    Session.objects.filter(pk=session.pk).update(revision=F("revision") + 1)
    Reminder.objects.filter(meeting__session=session, meeting__starts_at__gt=timezone.now()).delete()
    mails.session_changed(session)
