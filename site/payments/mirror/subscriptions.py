"""Subscriptions: a plan is what Stripe says it is, and only a paid period extends it."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import stripe
from django.utils import timezone

from payments import gateway, terms
from payments.booking import release
from payments.intervals import interval_of
from payments.issues import open_issue
from payments.mirror.ours import at, id_of, maybe_at, payment_for, told_at
from payments.models import Payment, Plan, SecondPlan


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
            "first_payment": payment,
            "livemode": subscription.livemode,
            **_state(reading),
        },
    )
    if payment.plan_id is None:
        payment.plan = plan
        payment.save(update_fields=["plan"])
    if created:
        terms.begin(plan, payment)
    _update(plan, reading)
    _warn_of_duplicates(plan)
    tell(plan)
    return plan


def _update(plan: Plan, reading: Reading) -> None:
    if reading.asked_at < plan.synced_at:
        return
    state = _state(reading)
    if plan.is_paused and not state["is_paused"] and plan.resumes_at and plan.resumes_at <= reading.asked_at:
        # It resumed by itself, on the day that was agreed, whatever has happened since.
        state["changed_at"] = plan.resumes_at
    for field, value in state.items():
        setattr(plan, field, value)
    plan.save(update_fields=list(state))
    terms.follow(plan, has_pending_update=reading.subscription.pending_update is not None)


def _state(reading: Reading) -> dict[str, object]:
    subscription = reading.subscription
    pause, pending = subscription.pause_collection, subscription.pending_update
    return {
        "status": known_status(subscription.status),
        **_price(subscription),
        "cancel_at_period_end": bool(subscription.cancel_at_period_end or subscription.cancel_at),
        "is_paused": pause is not None,
        "resumes_at": maybe_at(pause.resumes_at) if pause else None,
        "pending_until": maybe_at(pending.expires_at) if pending else None,
        "current_period_end": _period_end(subscription),
        # `canceled_at` is when somebody asked; `ended_at` is when it ended.
        "ended_at": maybe_at(subscription.ended_at),
        "end_reason": _end_reason(subscription),
        **card_of(subscription),
        "synced_at": reading.asked_at,
        "changed_at": told_at(reading.subscription.id, reading.asked_at),
    }


def known_status(status: str) -> str:
    return status if status in Plan.KNOWN else f"unknown:{status}"[:60]


def _price(subscription: stripe.Subscription) -> dict[str, object]:
    """What one payment is. All items of a subscription share one interval."""
    items = subscription.items.data
    recurring = items[0].price.recurring if items else None
    return {
        "amount": sum((item.price.unit_amount or 0) * (item.quantity or 1) for item in items),
        "currency": subscription.currency.upper(),
        "interval": interval_of(recurring.interval, recurring.interval_count) if recurring else "",
    }


def _period_end(subscription: stripe.Subscription) -> datetime | None:
    ends = [item.current_period_end for item in subscription.items.data]
    return at(max(ends)) if ends else None


def _end_reason(subscription: stripe.Subscription) -> str:
    details = subscription.cancellation_details
    return (details.reason or "") if details else ""


def card_of(subscription: stripe.Subscription) -> dict[str, object]:
    """The subscription's own card, else its customer's."""
    method: Any = subscription.default_payment_method
    if method is None:
        settings = getattr(subscription.customer, "invoice_settings", None)
        method = settings.default_payment_method if settings else None
    card = getattr(method, "card", None)
    return {
        "payment_method_id": id_of(method) or "",
        "card_brand": (card.brand or "")[:30] if card else "",
        "card_last4": (card.last4 or "") if card else "",
        "card_expires": _last_day(card.exp_year, card.exp_month) if card else None,
    }


def _last_day(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def _warn_of_duplicates(plan: Plan) -> None:
    """Two live plans for one thing are a fact that Stripe reports: a warning, never a refusal."""
    same = Plan.objects.filter(payer=plan.payer, payable_kind=plan.payable_kind, payable_id=plan.payable_id)
    others = same.exclude(pk=plan.pk).running()
    if plan.is_over or not others:
        return
    # One issue, under the younger one's name, whichever of them is read again and in which order.
    younger = max([plan, *others], key=lambda one: one.pk)
    about = f"{younger.subscription_id} is not the payer's only live plan."
    open_issue("duplicate_plan", younger.subscription_id, about)
    first = others.filter(first_payment=plan.first_payment_id, pk__lt=plan.pk).first()
    if first:
        # Two pages of one checkout were paid. Whoever begins anew, on purpose, has a checkout of their own for it.
        SecondPlan.objects.get_or_create(plan=plan, defaults={"first": first})


def tell(plan: Plan) -> None:
    if plan.is_over:
        # Over before its first debit went through: nothing was bought, and the payer may start anew.
        release(plan.first_payment, Payment.Status.FAILED)
    payable = plan.payable()
    if payable is not None:
        payable.plan_changed(plan)
