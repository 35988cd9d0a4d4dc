"""Cards and bank accounts: a bank renews one by itself. What it pays for is read again, and with it the card."""

from __future__ import annotations

from payments.mirror import subscriptions
from payments.mirror.ours import NotOurs
from payments.models import Plan


def read(payment_method_id: str) -> list[subscriptions.Reading]:
    plans = list(Plan.objects.running().filter(payment_method_id=payment_method_id))
    if not plans:
        raise NotOurs
    return [subscriptions.read(plan.subscription_id) for plan in plans]


def apply(readings: list[subscriptions.Reading]) -> None:
    for reading in readings:
        subscriptions.follow(reading)
