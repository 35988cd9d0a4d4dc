"""How much of a ticket's price is a gift, and what of it a tax receipt will say: judged as the receipt will be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.conf import settings

from receipts.models import Issuer
from receipts.rules import Contribution, assess, is_known
from training.models import Ticket


@dataclass(frozen=True, kw_only=True)
class GiftPart:
    """Amounts are minor units."""

    paid: int
    gift: int
    # None where we have no tax rules for our place.
    receiptable: int | None


def gift_part(ticket: Ticket, paid: int, on: date) -> GiftPart | None:
    """None where all of it is paid for what they get."""
    gift = ticket.gift_in(paid)
    if not gift:
        return None
    return GiftPart(paid=paid, gift=gift, receiptable=_receiptable(gift, on))


def _receiptable(gift: int, on: date) -> int | None:
    jurisdiction = Issuer.load().jurisdiction
    if not is_known(jurisdiction):
        return None
    contribution = Contribution(payment=gift, currency=settings.REPORTING_CURRENCY)
    return assess(jurisdiction, contribution, on).eligible_amount
