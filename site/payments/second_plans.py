"""Two pages of one checkout were both paid, on two devices: the second subscription ends and its money goes back."""

from __future__ import annotations

import logging

from django.db import transaction
from django.utils import timezone

from payments import mails
from payments.ending import end_plan
from payments.issues import close_issue
from payments.models import Payment, SecondPlan
from payments.refunding import refund_rest

log = logging.getLogger(__name__)

REASON = "Paid twice for the same thing"


def settle_second_plans() -> int:
    """The scheduled job. What can't be undone by itself stays an issue for staff. Returns how many were settled."""
    waiting = SecondPlan.objects.filter(settled_at=None).select_related("plan__payer", "first")
    return sum(_settle(second) for second in waiting)


def _settle(second: SecondPlan) -> bool:
    plan, first = second.plan, second.first
    if not plan.is_over and first.is_over:
        # Staff, or the payer's bank, ended the first one meanwhile: the second is the only one now, and goes on.
        _keep(second)
        return False
    if first.paid_until is None:
        # Its debit is still on its way. Whoever it fails is left with the second one.
        return False
    if not plan.is_over and not end_plan(plan):
        return False
    payments = list(plan.payments.paid())
    # A debit may still be on its way; its money is given back when it has come.
    answers = [refund_rest(payment, reason=REASON) for payment in payments]
    if not payments or None in answers:
        return False
    return _finish(second, payments)


def _keep(second: SecondPlan) -> None:
    SecondPlan.objects.filter(pk=second.pk, settled_at=None).update(settled_at=timezone.now())
    close_issue("duplicate_plan", second.plan.subscription_id)


@transaction.atomic
def _finish(second: SecondPlan, payments: list[Payment]) -> bool:
    if not SecondPlan.objects.filter(pk=second.pk, settled_at=None).update(settled_at=timezone.now()):
        return False
    if any(payment.refundable_amount for payment in payments):
        log.warning("A second subscription has ended, but its money did not go back: %s", second.plan)
        return False
    close_issue("duplicate_plan", second.plan.subscription_id)
    mails.paid_twice(second.plan, payments)
    return True
