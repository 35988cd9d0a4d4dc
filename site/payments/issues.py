"""Differences and troubles that a person must look at: opened once a cause, counted, closed when gone."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from payments.models import Issue, Payment

# What each kind means, in the words of the staff screen.
KINDS = {
    "amount_differs": "Stripe took another amount than we asked for",
    "event_parked": "An event could not be worked off",
    "webhook_clock": "Genuine events look too old: is this machine's clock right?",
    "webhook_mode": "Events of the other mode arrive here",
    "webhook_version": "The webhook endpoint uses another API version",
    "balance_unexplained": "A line of Stripe's balance is not in the books",
    "balance_differs": "Stripe's balance and the books differ",
    "payout_differs": "A payout is not the sum of its lines",
    "payout_not_itemised": "A manual payout that Stripe can't itemise",
    "paid_outside": "An invoice was marked as paid outside Stripe: find the money at the bank",
    "paid_unseen": "An invoice is paid, and no charge of it is to be seen",
    "overpaid": "More was paid than was due",
    "paid_twice": "Something that is paid was paid again",
    "refund_partial": "A receipt was voided by a part refund: issue a new one",
    "refund_failed": "A refund failed: the payer did not get the money back",
    "fraud_warning": "A card's issuer warns that a payment is fraud",
    "dispute_open": "A bank disputes a payment",
    "key_reused": "Stripe knew the key of a call with other contents",
    "customer_not_told": "Stripe refused a new name, a new address or a deletion",
    "plan_interval": "A subscription is paid at an interval that we do not offer",
    "card_testing": "Programs may be trying out stolen cards: safe mode went on",
    "change_refunded": "What a change cost was paid back, and the change holds all the same",
    "redeemed_and_refunded": "A gift was paid back after its code had been redeemed",
    "duplicate_plan": "A payer pays twice for the same thing",
}

# Where giving the money of the payment back is what settles it.
SETTLED_BY_REFUND = frozenset({"amount_differs", "fraud_warning"})


def open_issue(kind: str, subject: str, detail: str, *, payment: Payment | None = None) -> None:
    """Open an issue, or count the open one of the same cause. Texts hold ids and amounts, never names."""
    if _count_again(kind, subject, detail):
        return
    try:
        with transaction.atomic():
            Issue.objects.create(kind=kind, subject=subject, detail=detail, payment=payment)
    except IntegrityError:
        _count_again(kind, subject, detail)


def _count_again(kind: str, subject: str, detail: str) -> bool:
    return bool(
        Issue.objects.filter(kind=kind, subject=subject, closed_at__isnull=True).update(
            count=F("count") + 1, detail=detail, last_seen_at=timezone.now()
        )
    )


def close_issue(kind: str, subject: str) -> None:
    """Close an open issue whose cause is gone."""
    Issue.objects.filter(kind=kind, subject=subject, closed_at__isnull=True).update(closed_at=timezone.now())
