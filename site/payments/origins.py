"""Whose money it is: a charge carries no mark of ours, but what it paid for does."""

from __future__ import annotations

from typing import Any

from payments import gateway
from payments.gateway import reference_of
from payments.mirror.ours import id_of, paid_payment


def is_ours(money_back: Any) -> bool:
    """Whether a refund or dispute takes back money of ours, though its payment may not be here yet. Asks Stripe."""
    charge_id, intent_id = id_of(money_back.charge), id_of(money_back.payment_intent)
    booked = paid_payment(charge_id=charge_id, payment_intent_id=intent_id)
    return booked is not None or reference_behind(intent_id) is not None


def reference_behind(payment_intent_id: str | None) -> str | None:
    """Our reference on an intent, or on the subscription whose invoice it paid; None when it is not ours.

    Asks Stripe, so it belongs into the reading half of a mirror.
    """
    if not payment_intent_id:
        return None
    own = reference_of(gateway.read_payment_intent(payment_intent_id).metadata)
    if own:
        return own
    invoice_id = gateway.invoice_of(payment_intent_id)
    parent = gateway.read_invoice(invoice_id).parent if invoice_id else None
    details = parent.subscription_details if parent else None
    return reference_of(details.metadata) if details else None
