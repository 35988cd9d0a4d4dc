"""The mails of given memberships. Called where the money is booked: they commit or vanish with it."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse

from accounts.delivery import cancel_mail
from accounts.mailing import send_mail_later
from accounts.models import OutgoingMail

if TYPE_CHECKING:
    from membership.models import GiftMembership, Membership

NINE = time(9)


def thanks(gift: GiftMembership) -> None:
    """To the giver, with the code: it can be handed over on paper too."""
    if gift.payer.email:
        _send("gift_membership_thanks", gift, to=gift.payer.email)


def invitation(gift: GiftMembership) -> OutgoingMail | None:
    """To whoever it is for, in the morning of the day that the giver chose."""
    send_at = None
    if gift.send_on:
        send_at = datetime.combine(gift.send_on, NINE, tzinfo=ZoneInfo(settings.TIME_ZONE))
    return _send("gift_membership", gift, to=gift.recipient_email, send_at=send_at)


def withdraw(gift: GiftMembership) -> None:
    """The invitation that still waits for its day is not sent."""
    if gift.mail is not None:
        cancel_mail(gift.mail)


def redeemed(gift: GiftMembership, membership: Membership) -> None:
    """To whoever redeemed it: what they have and until when, and that nothing will be charged."""
    if membership.payer.email:
        language = membership.payer.language or "en"
        _send("gift_membership_begun", gift, to=membership.payer.email, membership=membership, language=language)


def context_of(gift: GiftMembership, **more: Any) -> dict[str, Any]:
    return {
        "gift": gift,
        "giver": gift.payer.name,
        "tier": gift.tier,
        "redeem_url": settings.BASE_URL + reverse("redeem"),
        "manage_url": settings.BASE_URL + reverse("account_home"),
        **more,
    }


def _send(
    template: str, gift: GiftMembership, *, to: str, send_at: datetime | None = None, language: str = "", **more: Any
) -> OutgoingMail | None:
    return send_mail_later(
        template=f"membership/mail/{template}",
        to=to,
        context=context_of(gift, **more),
        language=language or gift.payer.language or "en",
        send_at=send_at,
    )
