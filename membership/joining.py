"""Joining: from valid input to a checkout at Stripe. Rows first, then the call."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.db import IntegrityError
from django.urls import reverse
from django.utils.http import urlencode

from membership.models import Membership, Tier
from membership.models.tiers import MOST
from membership.states import State
from payments import checkout
from payments.currencies import refusal_of
from payments.models import Payment
from receipts.models import Payer
from receipts.money import format_amount
from receipts.payers import PayerDetails, find_or_create_payer


class NotOffered(ValueError):
    """The tier does not take this. Its text is a sentence for the visitor."""


def begin(
    *, payer_details: PayerDetails, tier: Tier, interval: str, amount: int | None, user: Any, locale: str
) -> Payment:
    """Start (or go on with) the checkout of a membership; without an amount, of the tier's price.

    Raises:
        NotOffered: nothing was written.
        checkout.CheckoutUnavailable, checkout.AlreadyPaid: as their names say.
    """
    amount = amount_to_pay(tier, interval, amount, locale)
    payer = find_or_create_payer(user=user, **asdict(payer_details))
    try:
        return _start(payer, tier, interval, amount, locale)
    except IntegrityError:
        # Another tab opened its checkout between our two steps: go on with that one.
        return _start(payer, tier, interval, amount, locale)


def amount_to_pay(tier: Tier, interval: str, amount: int | None, locale: str = "en") -> int:
    """The amount of one payment: the price, or what the supporter wants to give above it. Raises NotOffered."""
    price = tier.price_of(interval)
    if price is None or not tier.is_open:
        raise NotOffered("This tier is not offered any more.")
    if amount is None:
        return price
    if amount < price:
        least = f"The smallest amount of this tier is {format_amount(price, tier.currency, locale)}."
        raise NotOffered(least if tier.free_amount else f"{least} Leave this empty to pay just that.")
    if refusal := refusal_of(amount, tier.currency, locale):
        raise NotOffered(refusal)
    if amount > MOST:
        raise NotOffered(f"The largest amount this form takes is {format_amount(MOST, tier.currency, locale)}.")
    if amount != price and not tier.allows_more:
        raise NotOffered(f"The price of this tier is {format_amount(price, tier.currency, locale)}.")
    return amount


def _start(payer: Payer, tier: Tier, interval: str, amount: int, locale: str) -> Payment:
    membership = _open_membership(payer, tier, interval, amount)
    return checkout.start(
        payer=payer,
        payables=[membership],
        interval=interval,
        cancel_path=f"{reverse('join_tier', args=[tier.slug])}?{urlencode({'interval': interval, 'back': '1'})}",
        locale=locale,
    )


def _open_membership(payer: Payer, tier: Tier, interval: str, amount: int) -> Membership:
    """The one membership that this payer is about to pay for. ``pending`` stores other terms, once they hold."""
    terms = {"interval": interval, "amount": amount, "currency": tier.currency}
    membership, _ = Membership.objects.get_or_create(payer=payer, tier=tier, state=State.INCOMPLETE, defaults=terms)
    for field, value in terms.items():
        setattr(membership, field, value)
    return membership
