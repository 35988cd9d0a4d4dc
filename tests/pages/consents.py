"""Ready-made consents, and the two colleagues that each one takes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from pages.models import Consent

PERSON = "Canary Realname, paper in folder 7"


def keeper(email: str = "rita@example.org", *, group: str = "Consent keepers") -> User:
    from django.contrib.auth.models import Group

    user, is_new = User.objects.get_or_create(email=email, defaults={"name": email.split("@")[0].title()})
    if is_new:
        user.groups.add(Group.objects.get(name=group))
    return user


def a_consent(*, is_reviewed: bool = True, until: date | None = None, **more: Any) -> Consent:
    """Live from today on, for words and pictures on the website and in the shop."""
    today = timezone.localdate()
    facts: dict[str, Any] = {
        "alias": "Amara", "scope_text": True, "scope_photo": True, "channel_website": True, "channel_shop": True,
        "given_on": min(today, until or today), "until": until or today + timedelta(days=365),
        "recorded_by": keeper(), **more,
    }  # fmt: skip
    consent = Consent(**facts)
    consent.person = PERSON
    if is_reviewed:
        consent.reviewed_by, consent.reviewed_at = keeper("sven@example.org"), timezone.now()
    consent.save()
    return consent
