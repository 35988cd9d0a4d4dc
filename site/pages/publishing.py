"""Pages that go live, or come down, at a time that an editor has set."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, Revision

from pages.consent import Reminder

logger = logging.getLogger(__name__)

PERMISSION = "wagtailcore.publish_page"
# The clock may be late; after that, something is wrong with the draft.
LATE = timedelta(minutes=15)
STUCK = "A page could not go live at the time that was set: what it says does not fit any more. Publish it by hand."


def publish_due() -> int:
    """The scheduled job: take down what is over, publish what is due. Returns how many pages that were.

    Each stands for itself: a draft that does not fit any more stays as it is, is tried again, and holds up no other.
    """
    over = list(Page.objects.filter(live=True, expire_at__lt=timezone.now()).order_by("expire_at"))
    for page in over:
        page.specific.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")
    return len(over) + sum(_publish(revision) for revision in due())


def due(late: timedelta = timedelta()) -> QuerySet[Revision]:
    return Revision.objects.filter(approved_go_live_at__lt=timezone.now() - late).order_by("approved_go_live_at", "pk")


def _publish(revision: Revision) -> bool:
    try:
        with transaction.atomic():
            revision.publish(log_action="wagtail.publish.scheduled")
    except (ValidationError, IntegrityError) as error:
        logger.warning("Draft %s could not be published: %s", revision.pk, type(error).__name__)
        return False
    return True


def stuck() -> Iterator[Reminder]:
    """For the hook ``staff_reminders``: whoever may publish is told once of each draft."""
    for revision in due(LATE):
        yield f"publish:{revision.pk}", PERMISSION, STUCK, reverse("wagtailadmin_pages:edit", args=[revision.object_id])
