"""Payment intents: the safety net under sessions and invoices, and their failed attempts."""

from __future__ import annotations

from dataclasses import dataclass

import stripe

from payments import gateway
from payments.booking import settle
from payments.guard.failures import count_failed_card
from payments.mirror import invoices
from payments.mirror.charges import settled_from
from payments.mirror.ours import payment_for
from payments.models import Payment


@dataclass(frozen=True)
class Reading:
    intent: stripe.PaymentIntent
    invoice: invoices.Reading | None


def read(payment_intent_id: str) -> Reading | None:
    """The intent and the invoice it paid; None when it has nothing left to tell."""
    if Payment.objects.paid().filter(payment_intent_id=payment_intent_id, fee_known=True).exists():
        return None
    intent = gateway.read_payment_intent(payment_intent_id)
    invoice_id = gateway.invoice_of(payment_intent_id)
    return Reading(intent, invoices.read(invoice_id) if invoice_id else None)


def apply(reading: Reading | None) -> None:
    if reading is None:
        return
    if reading.invoice:
        invoices.apply(reading.invoice)
        return
    if count_failed_card(reading.intent):
        return
    payment = payment_for(reading.intent.metadata, payment_intent_id=reading.intent.id)
    settled = settled_from(reading.intent.latest_charge)  # type: ignore[arg-type]
    if settled:
        settle(payment, settled)
