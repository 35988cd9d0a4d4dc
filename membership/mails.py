"""The mails of a membership. Called where the money is booked: they commit or vanish with it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language

from accounts.mailing import send_mail_later

if TYPE_CHECKING:
    from membership.models import Membership
    from payments.models import Plan

PER = {
    "en": {"month": "a month", "quarter": "a quarter", "year": "a year"},
    "es": {"month": "al mes", "quarter": "al trimestre", "year": "al año"},
}


def welcome(membership: Membership, plan: Plan | None) -> None:
    """Says that it recurs, how much, when next and how to end it: the first mail is where people look for that."""
    _send("welcome", membership, {"next_payment_at": plan.current_period_end if plan else None})


def cancelled(membership: Membership) -> None:
    """Confirms what was asked for in the account, in writing."""
    _send("cancelled", membership, {})


def kept(membership: Membership) -> None:
    _send("kept", membership, {})


def context_of(membership: Membership, **more: Any) -> dict[str, Any]:
    """What every mail of a membership may say."""
    return {
        "membership": membership,
        "payer": membership.payer,
        "tier": membership.tier,
        # Called while the mail is rendered, when its language is the active one.
        "per": partial(per, membership.interval),
        "manage_url": settings.BASE_URL + reverse("account_home"),
        **more,
    }


def per(interval: str) -> str:
    """How often, in the active language, as it stands behind an amount."""
    return PER.get(get_language() or "", PER["en"])[interval]


def _send(template: str, membership: Membership, context: dict[str, Any]) -> None:
    payer = membership.payer
    if not payer.email:
        return
    send_mail_later(
        template=f"membership/mail/{template}",
        to=payer.email,
        context=context_of(membership, **context),
        language=payer.language or "en",
    )
