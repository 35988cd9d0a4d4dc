"""Stripe's objects and what they mean to us: one module each, with the same two steps.

``read(id)`` asks Stripe and may take seconds; it runs outside any transaction. ``apply(reading)`` writes what was
read and never touches the network; it runs in one transaction that also checks the lease. An event is only the hint
that sends an object through both.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from payments.mirror import (
    charges,
    customers,
    disputes,
    fraud_warnings,
    invoices,
    payment_intents,
    payment_methods,
    payouts,
    refunds,
    sessions,
    subscriptions,
)


@dataclass(frozen=True)
class Mirror:
    read: Callable[[str], Any]
    apply: Callable[[Any], None]


# From the word in an object's own `object` field.
MIRRORS: dict[str, Mirror] = {
    "checkout.session": Mirror(sessions.read, sessions.apply),
    "payment_intent": Mirror(payment_intents.read, payment_intents.apply),
    "charge": Mirror(charges.read, charges.apply),
    "refund": Mirror(refunds.read, refunds.apply),
    "dispute": Mirror(disputes.read, disputes.apply),
    "invoice": Mirror(invoices.read, invoices.apply),
    "subscription": Mirror(subscriptions.read, subscriptions.apply),
    "radar.early_fraud_warning": Mirror(fraud_warnings.read, fraud_warnings.apply),
    "payment_method": Mirror(payment_methods.read, payment_methods.apply),
    "customer": Mirror(customers.read, customers.apply),
    "payout": Mirror(payouts.read, payouts.apply),
}

# What the webhook endpoint asks Stripe for. Each of these says no more than "look at this object again".
EVENT_TYPES = [
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
    "invoice.paid",
    "invoice.payment_failed",
    "invoice.payment_action_required",
    "invoice.marked_uncollectible",
    "invoice.voided",
    "customer.subscription.created",
    "customer.subscription.updated",
    "customer.subscription.deleted",
    "customer.subscription.paused",
    "customer.subscription.resumed",
    "customer.subscription.pending_update_applied",
    "customer.subscription.pending_update_expired",
    "payment_method.automatically_updated",
    "payment_method.updated",
    "customer.updated",
    "customer.deleted",
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
    "charge.refunded",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
    "radar.early_fraud_warning.created",
    "radar.early_fraud_warning.updated",
    "payout.created",
    "payout.paid",
    "payout.failed",
    "payout.reconciliation_completed",
]
