"""Early fraud warnings: a card's issuer believes that a charge is fraud. Refunded in time, it is never disputed."""

from __future__ import annotations

from dataclasses import dataclass

import stripe
from django.utils import timezone

from payments import gateway
from payments.issues import close_issue, open_issue
from payments.mirror.ours import NotHereYet, NotOurs, at, id_of, paid_payment
from payments.models import FraudWarning
from payments.origins import is_ours


@dataclass(frozen=True)
class Reading:
    warning: stripe.radar.EarlyFraudWarning
    is_ours: bool


def read(warning_id: str) -> Reading:
    warning = gateway.read_fraud_warning(warning_id)
    return Reading(warning, is_ours=is_ours(warning))


def apply(reading: Reading) -> None:
    if not reading.is_ours:
        raise NotOurs
    remote = reading.warning
    payment = paid_payment(charge_id=id_of(remote.charge), payment_intent_id=id_of(remote.payment_intent))
    if payment is None:
        raise NotHereYet(remote.id)
    warning, _ = FraudWarning.objects.update_or_create(
        warning_id=remote.id,
        defaults={
            "payment": payment,
            "fraud_type": remote.fraud_type[:60],
            "actionable": remote.actionable,
            "warned_at": at(remote.created),
            "synced_at": timezone.now(),
        },
    )
    _tell_staff(warning)


def _tell_staff(warning: FraudWarning) -> None:
    if not warning.actionable:
        # Refunded whole, or disputed by now: that is told in its own place.
        close_issue("fraud_warning", warning.warning_id)
        return
    open_issue(
        "fraud_warning",
        warning.warning_id,
        f"{warning.warning_id}: {warning.why}. A refund now spares the dispute and its fee.",
        payment=warning.payment,
    )
