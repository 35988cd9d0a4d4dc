"""A gift as one of the things in a basket: given once, whole, and paid with what is bought."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.template.loader import render_to_string

from membership.gift_purposes import Purpose, open_purposes
from membership.models import Gift, GivingSettings
from membership.models.tiers import MOST
from payments.currencies import refusal_of
from payments.goods import Buyer, Delivery, Goods, NotAvailable, Ordered, Priced, Wanted
from receipts.models import Fund

if TYPE_CHECKING:
    from payments.payables import Payable

KIND = "membership.gift"
ANY = "any"
OVER = "This takes no gifts any more. Take it out to go on."
HOW_MUCH = "Choose how much you would like to add."


class BasketGift(Goods):
    """The reference is the key of what the gift is for (``gift_purposes``)."""

    kind = KIND
    takes_amount = True

    def price(self, wanted: Sequence[Wanted], request: HttpRequest) -> list[Priced]:
        giving = GivingSettings.load()
        purposes = {purpose.key: purpose for purpose in open_purposes(giving)}
        return [_priced(one, purposes.get(one.reference), giving.currency) for one in wanted]

    def order(self, rows: Sequence[Ordered], buyer: Buyer, currency: str, delivery: Delivery | None) -> list[Payable]:
        purposes = {purpose.key: purpose for purpose in open_purposes(GivingSettings.load())}
        return [_write(row, purposes.get(row.wanted.reference), buyer, currency) for row in rows]

    def offer_beside(self, request: HttpRequest) -> str:
        giving = GivingSettings.load()
        amounts = [giving.smallest * times for times in (1, 2, 5)]
        context = {"amounts": amounts, "currency": giving.currency, "kind": KIND, "reference": ANY}
        return render_to_string("membership/gift_extra.html", context, request=request)


def _priced(wanted: Wanted, purpose: Purpose | None, currency: str) -> Priced:
    amount = wanted.amount or 0
    return Priced(
        reference=wanted.reference,
        title="A gift",
        detail=purpose.label if purpose else "",
        unit_amount=amount,
        problem=OVER if purpose is None else _refusal(amount, currency),
        may_be_discounted=False,
        needs_address=True,
        is_countable=False,
    )


def _refusal(amount: int, currency: str) -> str:
    if amount <= 0:
        return HOW_MUCH
    return "This is more than one payment can hold." if amount > MOST else refusal_of(amount, currency)


def _write(row: Ordered, purpose: Purpose | None, buyer: Buyer, currency: str) -> Gift:
    if purpose is None:
        raise NotAvailable(OVER)
    fund = purpose.fund or (purpose.campaign.fund_of_gifts() if purpose.campaign else Fund.unrestricted())
    return Gift.objects.create(
        payer=buyer.payer,
        amount=row.net,
        currency=currency,
        interval="",
        fund=fund,
        campaign=purpose.campaign,
        in_basket=True,
        came_from="basket",
    )
