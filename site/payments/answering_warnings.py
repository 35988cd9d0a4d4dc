"""Answering early fraud warnings without staff, if the organisation wants that: refund once, end the subscription."""

from __future__ import annotations

import logging

from django.conf import settings
from django.utils import timezone

from payments.ending import end_plan
from payments.models import FraudWarning
from payments.refunding import refund_rest

log = logging.getLogger(__name__)

REASON = "Early fraud warning"


def refund_warned() -> int:
    """The scheduled job: refund what a card's issuer warned of. Returns how many payments were refunded."""
    if not settings.REFUND_ON_FRAUD_WARNING:
        return 0
    waiting = FraudWarning.objects.filter(actionable=True, answered_at=None).select_related("payment__plan")
    return sum(_answer(warning) for warning in waiting)


def _answer(warning: FraudWarning) -> bool:
    refunded = refund_rest(warning.payment, reason=REASON)
    if refunded is None:
        return False
    plan = warning.payment.plan
    if plan is not None and not plan.is_over and not end_plan(plan):
        log.warning("A subscription with a fraud warning could not be ended: %s", plan.subscription_id)
        return False
    FraudWarning.objects.filter(pk=warning.pk).update(answered_at=timezone.now())
    return refunded
