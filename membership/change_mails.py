"""Mails about a change that its payer has not just seen themselves: staff made it at Stripe, or it was dropped."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.conf import settings
from django.urls import reverse

from accounts.mailing import send_mail_later
from membership.mails import per
from payments.models import PlanTerms

if TYPE_CHECKING:
    from membership.models.subscriptions import Subscription
    from payments.models import Plan


def tell_of_change(subscription: Subscription, plan: Plan, terms: PlanTerms) -> None:
    """The amount or the interval was changed in Stripe's dashboard. Staff choose whether this is told by mail."""
    if terms.origin != PlanTerms.Origin.OUTSIDE:
        return
    # The models of subscriptions send mails, so they can't be imported here.
    if apps.get_model("membership", "GivingSettings").load().tells_of_changes:
        _send("terms_changed", subscription, plan, terms)


def tell_of_dropping(subscription: Subscription, plan: Plan, terms: PlanTerms) -> None:
    """A change at once whose payment never came: all stays as it was."""
    _send("change_dropped", subscription, plan, terms)


def context_of(subscription: Any, terms: Any, *, next_payment_at: Any) -> dict[str, Any]:
    return {
        "subscription": subscription,
        "payer": subscription.payer,
        "terms": terms,
        # Called while the mail is rendered, when its language is the active one.
        "per": partial(per, terms.interval),
        "next_payment_at": next_payment_at,
        "manage_url": settings.BASE_URL + reverse("manage_subscription", args=[subscription.public_id]),
    }


def _send(template: str, subscription: Subscription, plan: Plan, terms: PlanTerms) -> None:
    payer = subscription.payer.current()
    if not payer.email or terms.interval == "":
        return
    send_mail_later(
        template=f"membership/mail/{template}",
        to=payer.email,
        context=context_of(subscription, terms, next_payment_at=plan.next_payment_at),
        language=payer.language or "en",
    )
