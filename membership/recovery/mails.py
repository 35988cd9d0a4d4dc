"""Mails about failed payments and about those to come. Called where it is booked: they commit or vanish with it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from accounts.mailing import send_mail_later
from membership.mails import per
from membership.recovery import words
from payments.decline_reasons import for_payer
from receipts.money import plain

if TYPE_CHECKING:
    from membership.models import Subscription
    from payments.models import Plan, RenewalFailure


def send(template: str, subscription: Subscription, plan: Plan | None, **more: Any) -> bool:
    """Write to the payer who stands for this one today. False when there is no address, or it was refused."""
    payer = subscription.payer.current()
    if not payer.email:
        return False
    mail = send_mail_later(
        template=f"membership/mail/{template}",
        to=payer.email,
        context=context_of(subscription, plan, **more),
        language=payer.language or "en",
    )
    return mail is not None


def context_of(subscription: Subscription, plan: Plan | None, **more: Any) -> dict[str, Any]:
    """What each of these mails may say. Sentences are called while it is rendered, when its language is active."""
    return {
        "payer": subscription.payer.current(),
        "name": getattr(subscription, "salutation", "") or subscription.payer.current().name,
        "subscription": subscription,
        "what": partial(words.what, subscription),
        "per": partial(per, subscription.interval),
        "card": partial(words.card, plan) if plan else "",
        "amount": (plan.amount if plan else 0) or subscription.amount,
        "currency": subscription.currency,
        "statement_name": settings.STATEMENT_NAME,
        "kept_until": partial(words.kept_until, subscription.paid_until, timezone.now()),
        "manage_url": settings.BASE_URL + reverse("account_home"),
        "come_back_url": settings.BASE_URL + come_back_path(subscription),
        **more,
    }


def of_failure(failure: RenewalFailure) -> dict[str, Any]:
    """What a mail says of one failed attempt."""
    return {
        "amount": failure.amount,
        "reason": partial(for_payer, failure.reason),
        "what_next": partial(words.what_next, failure),
        "bank_url": failure.pay_url,
    }


def come_back_path(subscription: Subscription) -> str:
    """Where somebody whose payments ended begins anew, with what they paid filled in."""
    tier = getattr(subscription, "tier", None)
    if tier:
        return f"{tier.get_absolute_url()}?{urlencode({'interval': subscription.interval})}"
    amount = plain(getattr(subscription, "gift_amount", subscription.amount), subscription.currency)
    frequency = {"month": "monthly", "quarter": "quarterly", "year": "yearly"}.get(subscription.interval, "once")
    return f"{reverse('give')}?{urlencode({'amount': amount, 'frequency': frequency})}"
