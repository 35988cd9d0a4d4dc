"""Consent: reviewed by a second person, withdrawn at once, and warned of before it ends.

What is shown asks for live consent at every request (``Consent.objects.live``), so nothing here has to run for a
withdrawal or an expiry to count. What runs afterwards deletes: pictures here, the rest by the hook ``consent_ended``,
functions of one consent that may be called again after a crash. ``consent_uses`` says what is shown with one.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from wagtail import hooks
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry

from pages.models import SiteImage
from pages.models.consents import Channel, Consent, Scope

logger = logging.getLogger(__name__)

# Staff are told this many days ahead, while there is time to ask the person again.
WARNED_DAYS_AHEAD = (60, 14)
SAW = "pages.see_consent_person"
REVIEWED = "pages.review_consent"
WITHDREW = "pages.withdraw_consent"

# (key, permission, sentence, path), as `accounts.reminders` takes them.
Reminder = tuple[str, str, str, str]


class OwnRecord(Exception):
    """Whoever recorded a consent cannot be the one who reviews it."""


class Changed(Exception):
    """The consent is not what was looked at: it was changed, reviewed or withdrawn meanwhile."""


def review(consent: Consent, *, version: int, by: Any) -> None:
    """Say that a second person has compared the record with the signed paper. Raises OwnRecord and Changed."""
    if consent.recorded_by_id == by.pk:
        raise OwnRecord
    # No one else's record either, if it changed hands since it was read: the constraint refuses that.
    waiting = Consent.objects.filter(pk=consent.pk, version=version, reviewed_at=None, withdrawn_at=None)
    if not waiting.exclude(recorded_by=by).update(reviewed_by=by, reviewed_at=timezone.now()):
        raise Changed
    consent.refresh_from_db()
    log(consent, REVIEWED, user=by)


def unreview(consent: Consent, *, by: Any) -> None:
    """Before a change is saved: what it says then, somebody else must read again."""
    consent.version += 1
    consent.recorded_by, consent.reviewed_by, consent.reviewed_at = by, None, None


def withdraw(consent: Consent, *, reason: str, by: Any, now: datetime | None = None) -> None:
    """From this call on nothing of it is shown; then everything is deleted. Told twice, the first time stands."""
    with transaction.atomic():
        running = Consent.objects.filter(pk=consent.pk, withdrawn_at=None)
        if running.update(
            withdrawn_at=now or timezone.now(), withdrawal_reason=Consent.Reason(reason), version=F("version") + 1
        ):
            log(consent, WITHDREW, user=by, data={"reason": reason})
    consent.refresh_from_db()
    clear(consent)


def clear(consent: Consent) -> None:
    """Delete what was shown with it. Interrupted half-way, it is done again by ``clear_ended``."""
    if consent.cleared_at is not None:
        return
    for ended in hooks.get_hooks("consent_ended"):
        ended(consent)
    for picture in SiteImage.objects.filter(consent=consent):
        # What it was called, such as by its file's name, outlives it in the staff's history.
        ModelLogEntry.objects.for_instance(picture).update(label=f"Picture {picture.pk}")
        # One by one: Wagtail's receivers delete the files of each.
        picture.delete()
    Consent.objects.filter(pk=consent.pk).update(cleared_at=timezone.now())
    consent.refresh_from_db()


def unfinished(today: date) -> Any:
    """Consents that are over while something shown with them may still lie on disk."""
    return Consent.objects.over(today).filter(cleared_at=None)


def clear_ended() -> int:
    """The scheduled job: whatever expired, and withdrawals that were interrupted."""
    cleared = 0
    for consent in unfinished(timezone.localdate()):
        try:
            clear(consent)
            cleared += 1
        except Exception:
            # The others must not wait for it; it is listed for staff and tried again.
            logger.exception("Consent %s could not be cleared", consent.pk)
    return cleared


def see_person(consent: Consent, *, by: Any, why: str) -> str:
    """Who gave it. That somebody looked and why is written down first, whatever comes of it."""
    log(consent, SAW, user=by, data={"why": why})
    return consent.person


def uses(consent: Consent) -> list[tuple[str, str]]:
    """What is shown with this consent: a name for staff and the address of its staff screen."""
    pictures = [
        (f"Picture {picture.pk}", reverse("wagtailimages:edit", args=[picture.pk]))
        for picture in SiteImage.objects.filter(consent=consent).order_by("pk")
    ]
    return [*(use for uses_of in hooks.get_hooks("consent_uses") for use in uses_of(consent)), *pictures]


def may_show_picture(picture: SiteImage, today: date) -> bool:
    """Whether the person on it agrees today. A picture of nobody needs no consent."""
    consent = picture.consent
    if consent is None:
        return True
    return consent.is_live(today) and any(
        consent.covers(Scope.PHOTO, channel) for channel in (Channel.WEBSITE, Channel.SHOP)
    )


def expiring_soon() -> Iterator[Reminder]:
    """Which consents staff are warned of today: once for each distance, and no alias in the mail."""
    today = timezone.localdate()
    for consent in Consent.objects.live(today).filter(until__lte=today + timedelta(days=max(WARNED_DAYS_AHEAD))):
        left = (consent.until - today).days
        ahead = min(days for days in WARNED_DAYS_AHEAD if left <= days)
        when = f"in {left} days" if left else "today"
        yield (
            f"consent:{consent.pk}:{consent.until:%Y%m%d}:{ahead}",
            "pages.change_consent",
            f"Consent {consent.pk} ends {when}. After that nothing of it is shown, and its pictures are deleted.",
            reverse("consents:inspect", args=[consent.pk]),
        )
