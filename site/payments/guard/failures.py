"""Declined cards count against the address that started their checkout."""

from __future__ import annotations

from datetime import datetime

import stripe
from django.http import HttpRequest
from django.utils import timezone

from payments.guard import limits, tallies
from payments.guard.visitor import address_key
from payments.models import CheckoutStart, Payment


def remember_start(request: HttpRequest, payment: Payment) -> None:
    now = timezone.now()
    CheckoutStart.objects.update_or_create(
        payment=payment, defaults={"address_key": address_key(request, now), "started_at": now}
    )


def count_failed_card(intent: stripe.PaymentIntent) -> bool:
    """Count a declined card of a checkout, once a charge. False when it is none, or of no checkout that we watch."""
    if intent.status != "requires_payment_method" or not intent.last_payment_error:
        return False
    start = _start_of(intent)
    if start is None:
        return False
    charge = _id(intent.latest_charge)
    if CheckoutStart.objects.filter(pk=start.pk).exclude(last_failed=charge).update(last_failed=charge):
        now = timezone.now()
        tallies.add(limits.FAILED_CARDS, start.address_key, now)
        tallies.count_minute("failed_cards", now)
    return True


def failed_cards(address: str, now: datetime) -> int:
    return tallies.so_far(limits.FAILED_CARDS, address, now)


def _start_of(intent: stripe.PaymentIntent) -> CheckoutStart | None:
    starts = CheckoutStart.objects.order_by("-started_at")
    reference = getattr(intent.metadata, "ref", None)
    if reference:
        return starts.filter(payment__public_id=reference).first()
    # The first try of a subscription has no metadata: Stripe makes the subscription when it is paid.
    customer = _id(intent.customer)
    open_ones = starts.filter(payment__status__in=Payment.OPEN)
    return open_ones.filter(payment__payer__customers__stripe_id=customer).first() if customer else None


def _id(value: object) -> str:
    return value if isinstance(value, str) else str(getattr(value, "id", ""))
