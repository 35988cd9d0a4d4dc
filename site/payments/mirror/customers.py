"""Customers: deleted in Stripe's dashboard, or with another card. What they keep paid is looked at again."""

from __future__ import annotations

from dataclasses import dataclass

from payments import gateway
from payments.mirror import subscriptions
from payments.mirror.ours import NotOurs
from payments.models import Customer, Plan


@dataclass(frozen=True)
class Reading:
    customer_id: str
    is_gone: bool
    subscriptions: list[subscriptions.Reading]


def read(customer_id: str) -> Reading:
    customer = Customer.objects.filter(stripe_id=customer_id).first()
    if customer is None:
        raise NotOurs
    plans = Plan.objects.running().filter(payer=customer.payer, livemode=customer.livemode)
    return Reading(
        customer_id,
        is_gone=_is_gone(customer_id),
        subscriptions=[subscriptions.read(plan.subscription_id) for plan in plans],
    )


def _is_gone(customer_id: str) -> bool:
    try:
        # A deleted customer answers with its id and `deleted`, and with nothing else.
        return bool(getattr(gateway.read_customer(customer_id), "deleted", False))
    except gateway.NoSuchObject:
        return True


def apply(reading: Reading) -> None:
    """Payer, payments and receipts stay as they are; the next purchase makes a new customer."""
    if reading.is_gone:
        Customer.objects.filter(stripe_id=reading.customer_id).update(stripe_id=None, to_tell=Customer.ToTell.NOTHING)
    for subscription in reading.subscriptions:
        subscriptions.follow(subscription)
