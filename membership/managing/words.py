"""Sentences that several pages of the self-service say."""

from __future__ import annotations

from payments.models import Plan

UNAVAILABLE = "Our payment provider can't be reached right now. Nothing was changed. Please try again in a few minutes."
ON_ITS_WAY = "Our payment provider has taken your request. It shows here within a few minutes."
REFUSED = "Our payment provider did not accept this. Nothing was changed."


def card_of(plan: Plan) -> str:
    """ "Visa ending 4242"; empty where we know of none."""
    if not plan.card_last4:
        return ""
    return f"{plan.card_brand.replace('_', ' ').title() or 'Card'} ending {plan.card_last4}"
