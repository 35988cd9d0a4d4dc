"""Subscriptions: a plan is what Stripe says it is, and only a paid period extends it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import stripe
from django.utils import timezone

from payments import gateway
from payments.booking import release
from payments.issues import open_issue
from payments.mirror.ours import at, maybe_at, payment_for
from payments.models import Payment, Plan


@dataclass(frozen=True)
class Reading:
    subscription: stripe.Subscription
    # When we asked. Of two readings, the one asked for later wins: a subscription is also read along with its
    # invoices and sessions, and those are worked off in parallel.
    asked_at: datetime


def read(subscription_id: str) -> Reading:
    asked_at = timezone.now()
    return Reading(gateway.read_subscription(subscription_id), asked_at)


def apply(reading: Reading) -> None:
    follow(reading)


def follow(reading: Reading) -> Plan:
    """Bring the plan up to what was read, making it if this is the first we see of it."""
    plan = Plan.objects.select_for_update().filter(subscription_id=reading.subscription.id).first()
    if plan is None:
        return adopt(payment_for(reading.subscription.metadata), reading)
    _update(plan, reading)
    tell(plan)
    return plan


def adopt(payment: Payment, reading: Reading) -> Plan:
    """The plan of a subscription that a checkout made; created the first time it is seen."""
    subscription = reading.subscription
    # Something recurring has a checkout of its own, so there is one item.
    item = payment.items.all()[0]
    plan, created = Plan.objects.select_for_update().get_or_create(
        subscription_id=subscription.id,
        defaults={
            "payer": payment.payer,
            "payable_kind": item.payable_kind,
            "payable_id": item.payable_id,
            "terms": payment,
            "livemode": subscription.livemode,
            **_state(reading),
        },
    )
    if payment.plan_id is None:
        payment.plan = plan
        payment.save(update_fields=["plan"])
    if not created:
        _update(plan, reading)
    _warn_of_duplicates(plan)
    tell(plan)
    return plan


def _update(plan: Plan, reading: Reading) -> None:
    if reading.asked_at < plan.synced_at:
        return
    state = _state(reading)
    for field, value in state.items():
        setattr(plan, field, value)
    plan.save(update_fields=list(state))


def _state(reading: Reading) -> dict[str, object]:
    subscription = reading.subscription
    return {
        "status": known_status(subscription.status),
        "cancel_at_period_end": bool(subscription.cancel_at_period_end or subscription.cancel_at),
        "current_period_end": _period_end(subscription),
        # `canceled_at` is when somebody asked; `ended_at` is when it ended.
        "ended_at": maybe_at(subscription.ended_at),
        "synced_at": reading.asked_at,
    }


def known_status(status: str) -> str:
    return status if status in Plan.KNOWN else f"unknown:{status}"[:60]


def _period_end(subscription: stripe.Subscription) -> datetime | None:
    ends = [item.current_period_end for item in subscription.items.data]
    return at(max(ends)) if ends else None


def _warn_of_duplicates(plan: Plan) -> None:
    """Two live plans for one thing are a fact that Stripe reports: a warning, never a refusal."""
    others = Plan.objects.filter(payer=plan.payer, payable_kind=plan.payable_kind, payable_id=plan.payable_id)
    if others.exclude(pk=plan.pk).exclude(status__in=Plan.OVER).exists() and not plan.is_over:
        open_issue("duplicate_plan", plan.subscription_id, f"{plan.subscription_id} is not the payer's only live plan.")


def tell(plan: Plan) -> None:
    if plan.is_over:
        # Over before its first debit went through: nothing was bought, and the payer may start anew.
        release(plan.terms, Payment.Status.FAILED)
    payable = plan.payable()
    if payable is not None:
        payable.plan_changed(plan)
