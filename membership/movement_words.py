"""Why a subscription moved, in a staff member's words."""

from __future__ import annotations

from membership.models import Movement
from payments.decline_reasons import for_staff

REASONS = {
    "cancellation_requested": "They asked to end it",
    "payment_failed": "The payment failed for good",
    "payment_disputed": "Their bank disputed a payment",
    "supporter": "Their own choice",
    "staff": "Changed by staff",
    "outside": "Changed in Stripe’s dashboard",
}
DECLINED = (Movement.Kind.BEHIND, Movement.Kind.RECOVERY)


def reason_of(movement: Movement) -> str:
    """A sentence for our own words and the bank's; others as they are, without underscores."""
    if movement.kind in DECLINED:
        return for_staff(movement.reason)
    return REASONS.get(movement.reason, movement.reason.replace("_", " "))
