"""Buying a membership for somebody else: from valid input to a checkout at Stripe."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError
from django.urls import reverse

from membership.joining import NotOffered, PayerDetails
from membership.models import GiftMembership, Tier
from membership.models.gift_memberships import MONTHS, new_gift_membership
from payments import checkout
from payments.models import Payment
from receipts.models import Payer
from receipts.payers import find_or_create_payer


@dataclass(frozen=True, kw_only=True)
class GiftTerms:
    """What is given, to whom and when. Without an address the giver hands the code over."""

    tier: Tier
    interval: str
    recipient_name: str = ""
    recipient_email: str = ""
    message: str = ""
    send_on: date | None = None


def price_of(tier: Tier, interval: str) -> int:
    """Raises NotOffered."""
    price = tier.price_of(interval) if interval in MONTHS and tier.is_open else None
    if price is None:
        raise NotOffered("This membership can't be given any more. Choose another one.")
    return price


def begin(*, payer_details: PayerDetails, gift: GiftTerms, user: Any, locale: str) -> Payment:
    """Start (or go on with) the checkout.

    Raises:
        NotOffered: nothing was written.
        checkout.CheckoutUnavailable, checkout.AlreadyPaid: as their names say.
    """
    amount = price_of(gift.tier, gift.interval)
    payer = find_or_create_payer(user=user, **asdict(payer_details))
    try:
        return _start(payer, gift, amount, locale)
    except IntegrityError:
        # Another tab opened its checkout between our two steps: go on with that one.
        return _start(payer, gift, amount, locale)


def _start(payer: Payer, gift: GiftTerms, amount: int, locale: str) -> Payment:
    bought = GiftMembership.objects.filter(payer=payer, state=GiftMembership.State.INCOMPLETE).first()
    if bought is None:
        bought = new_gift_membership(payer=payer)
    values = {**gift.__dict__, "amount": amount, "currency": gift.tier.currency}
    for field, value in values.items():
        setattr(bought, field, value)
    bought.save()
    return checkout.start(
        payer=payer, payables=[bought], cancel_path=reverse("gift_membership") + "?back=1", locale=locale
    )
