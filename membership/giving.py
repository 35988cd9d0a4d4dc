"""Giving: from valid input to a checkout at Stripe. Rows first, then the call."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse

from membership.fee_cover import cover_for
from membership.joining import NotOffered
from membership.models import Campaign, Gift, GivingSettings, Tribute
from membership.models.tiers import MOST
from membership.states import State
from membership.tributes import TributeTerms, keep_tribute, tribute_of
from payments import checkout
from payments.currencies import refusal_of
from payments.models import Payment
from receipts.models import Fund, Payer
from receipts.money import format_amount
from receipts.payers import PayerDetails, find_or_create_payer

# What the giver may still change while the checkout is open, without changing what is paid.
CHOICES = ("is_on_wall", "hides_name", "hides_amount", "wall_name", "message", "came_from", "contact_name")
AT_THE_BANK = (Payment.Status.PROCESSING, Payment.Status.PARKED)


@dataclass(frozen=True, kw_only=True)
class GiftTerms:
    """What is given, as chosen. ``amount`` is the gift itself, without what covers the card costs."""

    amount: int
    interval: str = ""
    covers_fee: bool = False
    # Without a fund: the campaign's, or the unrestricted one.
    fund: Fund | None = None
    campaign: Campaign | None = None
    is_on_wall: bool = False
    hides_name: bool = False
    hides_amount: bool = False
    wall_name: str = ""
    message: str = ""
    contact_name: str = ""
    came_from: str = ""
    tribute: TributeTerms | None = None

    @property
    def currency(self) -> str:
        return GivingSettings().currency

    @property
    def fee_cover(self) -> int:
        return cover_for(self.amount, self.currency) if self.covers_fee else 0

    def fund_of_gift(self) -> Fund:
        return self.fund or (self.campaign.fund_of_gifts() if self.campaign else Fund.unrestricted())


def unsaved_tribute(payer_details: PayerDetails, terms: GiftTerms) -> Tribute:
    """The tribute as it would be written down, for a look at its mail before anything is."""
    if terms.tribute is None:
        raise ValueError("This gift is for nobody in particular.")
    payer = Payer(name=payer_details.name, email=payer_details.email, language=payer_details.language)
    gift = Gift(
        payer=payer,
        amount=terms.amount,
        currency=terms.currency,
        interval=terms.interval,
        contact_name=terms.contact_name,
    )
    return tribute_of(gift, terms.tribute)


def begin(*, payer_details: PayerDetails, gift_terms: GiftTerms, user: Any, locale: str) -> Payment:
    """Start (or go on with) the checkout of a gift.

    Raises:
        NotOffered: nothing was written.
        checkout.CheckoutUnavailable, checkout.AlreadyPaid: as their names say.
    """
    refuse_if_not_offered(gift_terms, locale)
    payer = find_or_create_payer(user=user, **asdict(payer_details))
    try:
        return _start(payer, gift_terms, locale)
    except IntegrityError:
        # Another tab opened its checkout between our two steps: go on with that one.
        return _start(payer, gift_terms, locale)


def refuse_if_not_offered(terms: GiftTerms, locale: str = "en") -> None:
    """Raises NotOffered with a sentence for the giver."""
    refuse_amount(terms.amount, GivingSettings.load(), locale)
    if terms.amount + terms.fee_cover > MOST:
        raise NotOffered("With the card costs, this is more than one payment can hold.")
    if terms.campaign and not terms.campaign.takes_gifts():
        raise NotOffered("This campaign takes no gifts any more.")
    if terms.fund and not terms.fund.is_open:
        raise NotOffered("This fund takes no gifts any more.")


def refuse_amount(amount: int, giving: GivingSettings, locale: str = "en") -> None:
    if amount < giving.smallest:
        least = format_amount(giving.smallest, giving.currency, locale)
        raise NotOffered(f"The smallest gift that we can take by card is {least}.")
    if refusal := refusal_of(amount, giving.currency, locale):
        raise NotOffered(refusal)
    if amount > MOST:
        raise NotOffered(f"The largest amount this form takes is {format_amount(MOST, giving.currency, locale)}.")


def _start(payer: Payer, terms: GiftTerms, locale: str) -> Payment:
    gift = _open_gift(payer, terms)
    payment = checkout.start(
        payer=payer, payables=[gift], interval=terms.interval, cancel_path=f"{reverse('give')}?back=1", locale=locale
    )
    _keep_choices(gift, terms)
    return payment


def _open_gift(payer: Payer, terms: GiftTerms) -> Gift:
    """The one gift that this payer is about to pay. ``pending`` stores other terms, once they hold."""
    _leave_to_the_bank(payer)
    fee_cover = terms.fee_cover
    values = {
        "interval": terms.interval,
        "amount": terms.amount + fee_cover,
        "fee_cover": fee_cover,
        "currency": terms.currency,
        "fund": terms.fund_of_gift(),
        "campaign": terms.campaign,
        **{field: getattr(terms, field) for field in CHOICES},
    }
    gift, _ = Gift.objects.get_or_create(payer=payer, state=State.INCOMPLETE, in_basket=False, defaults=values)
    for field, value in values.items():
        setattr(gift, field, value)
    return gift


def _leave_to_the_bank(payer: Payer) -> None:
    """A bank debit takes days: its gift is no open checkout any more, and the next gift is another one."""
    items = {"items__payable_kind": Gift.kind(), "items__payable_id": OuterRef("pk")}
    at_the_bank = Payment.objects.filter(status__in=AT_THE_BANK, **items)
    Gift.objects.filter(Exists(at_the_bank), payer=payer, state=State.INCOMPLETE).update(state=State.UNDER_WAY)


@transaction.atomic
def _keep_choices(gift: Gift, terms: GiftTerms) -> None:
    """What was changed on the way back and forth, besides what is paid; one that is paid already stays as it was."""
    open_gift = Gift.objects.filter(pk=gift.pk, state=State.INCOMPLETE)
    if open_gift.update(**{field: getattr(terms, field) for field in CHOICES}):
        keep_tribute(gift, terms.tribute)
