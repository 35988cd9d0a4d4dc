"""The mails of gifts. Called where the money is booked: they commit or vanish with it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse

from accounts.mailing import send_mail_later
from membership.mails import per

if TYPE_CHECKING:
    from membership.models import Gift
    from payments.models import Plan


def thank(gift: Gift, plan: Plan | None) -> None:
    """Says what was given and what for; of one that recurs, how much, when next, and how to change or end it."""
    _send("gift_thanks", gift, next_payment_at=plan.current_period_end if plan else None)


def cancelled(gift: Gift) -> None:
    """Confirms what was asked for in the account, in writing."""
    _send("gift_cancelled", gift)


def kept(gift: Gift) -> None:
    _send("gift_kept", gift)


def _send(template: str, gift: Gift, **more: Any) -> None:
    if not gift.payer.email:
        return
    send_mail_later(
        template=f"membership/mail/{template}",
        to=gift.payer.email,
        context=context_of(gift, **more),
        language=gift.payer.language or "en",
    )


def context_of(gift: Gift, **more: Any) -> dict[str, Any]:
    """What every mail of a gift may say."""
    return {
        "gift": gift,
        "payer": gift.payer,
        "purpose": gift.campaign.name if gift.campaign else gift.fund.name if gift.fund.is_restricted else "",
        "matched": gift.match.amount if gift.match else 0,
        "sponsor": gift.match.pool.shown_as if gift.match else "",
        # Called while the mail is rendered, when its language is the active one.
        "per": partial(per, gift.interval) if gift.interval else "",
        "manage_url": settings.BASE_URL + reverse("account_home"),
        **more,
    }
