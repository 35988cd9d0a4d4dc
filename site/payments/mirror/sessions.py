"""Checkout sessions: what the payer did on Stripe's page."""

from __future__ import annotations

from dataclasses import dataclass

import stripe
from django.utils import timezone

from payments import gateway
from payments.booking import release, settle, settle_free
from payments.mirror import invoices, subscriptions
from payments.mirror.charges import settled_from
from payments.mirror.ours import id_of, payment_for
from payments.models import Payment


@dataclass(frozen=True)
class Reading:
    session: stripe.checkout.Session
    intent: stripe.PaymentIntent | None = None
    subscription: subscriptions.Reading | None = None
    invoice: invoices.Reading | None = None


def read(session_id: str) -> Reading:
    """The session with whatever it has made so far."""
    session = gateway.read_session(session_id)
    if session.mode == "subscription":
        subscription_id, invoice_id = id_of(session.subscription), id_of(session.invoice)
        return Reading(
            session,
            subscription=subscriptions.read(subscription_id) if subscription_id else None,
            invoice=invoices.read(invoice_id) if invoice_id else None,
        )
    intent_id = id_of(session.payment_intent)
    return Reading(session, intent=gateway.read_payment_intent(intent_id) if intent_id else None)


def apply(reading: Reading) -> None:
    session = reading.session
    payment = payment_for(session.metadata, session_id=session.id)
    _adopt(payment, session)
    if session.status == "expired":
        # One that a failed call left behind says nothing about the one that the payer was sent to.
        if payment.session_id == session.id:
            release(payment, Payment.Status.EXPIRED)
    elif session.status == "complete":
        _complete(payment, reading)


def _adopt(payment: Payment, session: stripe.checkout.Session) -> None:
    """Remember a session whose answer never reached us: the call worked, the line broke."""
    if payment.session_id is None:
        payment.session_id = session.id
        payment.checkout_url = session.url or ""
        payment.save(update_fields=["session_id", "checkout_url"])
        Payment.objects.filter(pk=payment.pk, status=Payment.Status.CREATED).update(status=Payment.Status.OPEN)


def _complete(payment: Payment, reading: Reading) -> None:
    if reading.subscription:
        subscriptions.adopt(payment, reading.subscription)
    if reading.invoice:
        invoices.apply(reading.invoice)
        _wait_for_bank(payment)
        return
    if reading.session.payment_status == "no_payment_required":
        settle_free(payment, timezone.now())
        return
    settled = settled_from(reading.intent.latest_charge) if reading.intent else None  # type: ignore[arg-type]
    if settled:
        settle(payment, settled)
    elif reading.intent and reading.intent.status in {"requires_payment_method", "canceled"}:
        # A bank debit that came back days after the visitor had left.
        release(payment, Payment.Status.FAILED)
    else:
        _wait_for_bank(payment)


def _wait_for_bank(payment: Payment) -> None:
    """A bank debit takes days; what is paid or over by now stays what it is."""
    Payment.objects.filter(pk=payment.pk, status__in=Payment.OPEN).update(status=Payment.Status.PROCESSING)
