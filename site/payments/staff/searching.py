"""Finding a payment by what staff have in hand: a name, an address, one of Stripe's ids, or the start of ours."""

from __future__ import annotations

import re

from django.db.models import Exists, OuterRef, Q, QuerySet

from payments.models import Customer, Dispute, Event, FraudWarning, Payment, Plan, Refund

# ch_…, pi_…, cs_test_…: an exact look-up in an index, however many payments there are.
STRIPE_ID = re.compile(r"[a-z]{2,5}_[A-Za-z0-9_]+")


def search_payments(payments: QuerySet[Payment], text: str) -> QuerySet[Payment]:
    text = text.strip()
    if STRIPE_ID.fullmatch(text):
        return payments.filter(_has_id(text))
    found = Q(payer__name__icontains=text) | Q(payer__email__icontains=text)
    ours = text.lower().removeprefix("payment").strip()
    if re.fullmatch(r"[0-9a-f-]{4,36}", ours):
        found |= Q(public_id__istartswith=ours)
    return payments.filter(found)


def _has_id(stripe_id: str) -> Q:
    return (
        Q(session_id=stripe_id)
        | Q(invoice_id=stripe_id)
        | Q(payment_intent_id=stripe_id)
        | Q(charge_id=stripe_id)
        | Q(plan__subscription_id=stripe_id)
        | Q(Exists(Customer.objects.filter(payer=OuterRef("payer"), stripe_id=stripe_id)))
        | Q(Exists(Refund.objects.filter(payment=OuterRef("pk"), refund_id=stripe_id)))
        | Q(Exists(FraudWarning.objects.filter(payment=OuterRef("pk"), warning_id=stripe_id)))
        | Q(Exists(Dispute.objects.filter(payment=OuterRef("pk"), dispute_id=stripe_id)))
    )


def payers_with_id(text: str) -> list[int]:
    """The payers whom an id of Stripe's belongs to; each look-up is one in an index."""
    text = text.strip()
    if not STRIPE_ID.fullmatch(text):
        return []
    found = [
        Customer.objects.filter(stripe_id=text),
        Plan.objects.filter(subscription_id=text),
        Payment.objects.filter(payment_intent_id=text),
        Payment.objects.filter(charge_id=text),
        Payment.objects.filter(invoice_id=text),
        Payment.objects.filter(session_id=text),
    ]
    return [payer for rows in found for payer in rows.values_list("payer", flat=True)]


def ids_of(payment: Payment) -> list[str]:
    """Every Stripe id that belongs to a payment. Its plan's id is among them."""
    found = [payment.session_id, payment.invoice_id, payment.payment_intent_id, payment.charge_id]
    if payment.plan:
        found.append(payment.plan.subscription_id)
    found += [refund.refund_id for refund in payment.refunds.all()]
    found += [dispute.dispute_id for dispute in payment.disputes.all()]
    found += [warning.warning_id for warning in payment.fraud_warnings.all()]
    return [stripe_id for stripe_id in found if stripe_id]


def payments_of(event: Event) -> QuerySet[Payment]:
    """The payments that an event's object belongs to."""
    return Payment.objects.for_staff().filter(_has_id(event.object_id))
