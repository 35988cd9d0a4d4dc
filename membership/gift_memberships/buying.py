"""Buying a membership for somebody else: from valid input to a checkout at Stripe."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError
from django.urls import reverse

from membership.joining import NotOffered
from membership.models import GiftMembership, Tier
from membership.models.gift_memberships import MONTHS, new_gift_membership
from payments import checkout
from payments.models import Payment
from receipts.models import Payer
from receipts.payers import PayerDetails, find_or_create_payer

# What the giver may still change while the checkout is open, without changing what is paid.
WISHES = ("recipient_name", "recipient_email", "message", "send_on")


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
    bought = _open_gift(payer, gift, amount)
    payment = checkout.start(
        payer=payer, payables=[bought], cancel_path=reverse("gift_membership") + "?back=1", locale=locale
    )
    if payment.is_open:
        _keep_wishes(bought, gift)
    return payment


def _open_gift(payer: Payer, gift: GiftTerms, amount: int) -> GiftMembership:
    """The one gift that this payer is about to pay. ``pending`` stores other terms, once they hold.

    Not before: a bank debit of the terms that are stored may be under way, and what it pays for must stay.
    """
    bought = GiftMembership.objects.filter(payer=payer, state=GiftMembership.State.INCOMPLETE).first()
    bought = bought or new_gift_membership(payer=payer)
    for field, value in {**gift.__dict__, "amount": amount, "currency": gift.tier.currency}.items():
        setattr(bought, field, value)
    if bought._state.adding:
        bought.save()
    return bought


def _keep_wishes(bought: GiftMembership, gift: GiftTerms) -> None:
    """What was changed on the way back and forth, besides what is paid; one that is paid already stays as it was."""
    open_gift = GiftMembership.objects.filter(pk=bought.pk, state=GiftMembership.State.INCOMPLETE)
    open_gift.update(**{field: getattr(gift, field) for field in WISHES})
