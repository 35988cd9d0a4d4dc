"""Answering early fraud warnings without staff, if the organisation wants that: refund once, end the subscription."""

from __future__ import annotations

import logging

from django.conf import settings
from django.utils import timezone

from payments.ending import end_plan
from payments.models import FraudWarning, Payment, Refund
from payments.refunding import RefundRefused, request_refund

log = logging.getLogger(__name__)

REASON = "Early fraud warning"


def refund_warned() -> int:
    """The scheduled job: refund what a card's issuer warned of. Returns how many payments were refunded."""
    if not settings.REFUND_ON_FRAUD_WARNING:
        return 0
    waiting = FraudWarning.objects.filter(actionable=True, answered_at=None).select_related("payment__plan")
    return sum(_answer(warning) for warning in waiting)


def _answer(warning: FraudWarning) -> bool:
    refunded = _refund(warning.payment)
    if refunded is None:
        return False
    plan = warning.payment.plan
    if plan is not None and not plan.is_over and not end_plan(plan):
        log.warning("A subscription with a fraud warning could not be ended: %s", plan.subscription_id)
        return False
    FraudWarning.objects.filter(pk=warning.pk).update(answered_at=timezone.now())
    return refunded


def _refund(payment: Payment) -> bool | None:
    """Whether all that was left went back; None when Stripe could not be asked, so that the next run asks again."""
    waiting = payment.refunds.filter(status=Refund.Status.REQUESTED).first()
    amount = waiting.amount if waiting else payment.refundable_amount
    if amount <= 0:
        return False
    try:
        request_refund(payment, amount=amount, reason=REASON, by=None)
    except RefundRefused as refused:
        log.warning("A payment with a fraud warning was not refunded: %s", refused)
        return None if payment.refunds.filter(status=Refund.Status.REQUESTED).exists() else False
    return True
