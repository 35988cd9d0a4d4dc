"""Charges: the money itself. Other objects lead here."""

from __future__ import annotations

from dataclasses import dataclass

import stripe

from payments import gateway
from payments.booking import Settled, settle
from payments.mirror.ours import NotOurs, at, id_of
from payments.models import Payment


@dataclass(frozen=True)
class Reading:
    charge: stripe.Charge


def read(charge_id: str) -> Reading | None:
    """The charge with its balance transaction; None when it has nothing left to tell."""
    if Payment.objects.paid().filter(charge_id=charge_id, fee_known=True).exists():
        return None
    return Reading(gateway.read_charge(charge_id))


def apply(reading: Reading | None) -> None:
    """Add what was missing to a charge that we know; its refunds and disputes come as objects of their own."""
    if reading is None:
        return
    payment = Payment.objects.filter(charge_id=reading.charge.id).first()
    if payment is None:
        # Its checkout session or invoice brings it into the books.
        raise NotOurs
    settled = settled_from(reading.charge)
    if settled:
        settle(payment, settled)


def settled_from(charge: stripe.Charge | None) -> Settled | None:
    """The facts of a charge that succeeded, or None when it did not."""
    if charge is None or not charge.paid or charge.status != "succeeded":
        return None
    line = charge.balance_transaction
    known = line is not None and not isinstance(line, str)
    return Settled(
        charge_id=charge.id,
        payment_intent_id=id_of(charge.payment_intent) or "",
        amount=charge.amount_captured,
        currency=charge.currency.upper(),
        occurred_at=at(charge.created),
        fee=line.fee if known else None,  # type: ignore[union-attr]
        fee_currency=line.currency.upper() if known else "",  # type: ignore[union-attr]
        settled_amount=line.amount if known else None,  # type: ignore[union-attr]
        exchange_rate=str(line.exchange_rate or "") if known else "",  # type: ignore[union-attr]
        presented=_presented(charge),
    )


def _presented(charge: stripe.Charge) -> tuple[int, str] | None:
    """What the payer saw. We switch adaptive pricing off; a setting at Stripe may yet be stronger."""
    shown = getattr(charge, "presentment_details", None)
    return (shown.presentment_amount, shown.presentment_currency.upper()) if shown else None
