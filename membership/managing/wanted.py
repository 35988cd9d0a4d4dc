"""Other terms that a supporter may choose: what one payment would be then, and what stands against it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from membership import dues, gift_lines, giving
from membership.fee_cover import cover_for
from membership.joining import NotOffered
from membership.models import Gift, GivingSettings, Interval, Membership, Tier
from membership.models.tiers import MOST
from payments.intervals import PER_YEAR, yearly
from payments.models import Payment, Plan, PlanTerms
from payments.payables import Line
from receipts.money import format_amount


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Terms as chosen. ``detail`` is what the subscription takes over besides amount and interval."""

    lines: Sequence[Line]
    interval: str
    detail: dict[str, Any] = field(default_factory=dict)
    # Whether the difference is charged now; else nothing is, and it holds from the next payment on.
    at_once: bool = False

    @property
    def amount(self) -> int:
        return sum(line.amount + line.tax for line in self.lines)

    @property
    def currency(self) -> str:
        return self.lines[0].currency

    @property
    def per(self) -> str:
        return Interval(self.interval).per


def can_be_charged_now(plan: Plan) -> bool:
    """Whether what is left of the period may be set off: only where that was paid by the terms that are in force.

    Stripe credits by today's price. After a raise from the next payment on, that would be money nobody has paid; after
    a refund, money that was given back already.
    """
    terms = plan.terms_in_force()
    last = plan.payments.filter(status=Payment.Status.PAID).order_by("-paid_at", "-pk").first()
    if plan.status != "active" or last is None or last.refunded_amount:
        return False
    if terms.origin == PlanTerms.Origin.CHECKOUT:
        return True
    return plan.payments.filter(status=Payment.Status.PAID, terms=terms.public_id.hex).exists()


# -- Amounts ------------------------------------------------------------------------------------------------


def least(subscription: Membership | Gift) -> int:
    """The smallest amount that may be chosen, without what covers the card costs."""
    if isinstance(subscription, Membership):
        price = (subscription.next_tier or subscription.tier).price_of(subscription.interval)
        return subscription.amount if price is None else price
    return GivingSettings.load().smallest


def other_amount(
    subscription: Membership | Gift, amount: int, *, covers_fee: bool = False, locale: str = "en"
) -> Wanted:
    """Another amount from the next payment on. Raises NotOffered with a sentence for the supporter."""
    if isinstance(subscription, Membership):
        _refuse_dues(subscription, amount, locale)
        return _dues(subscription, subscription.next_tier or subscription.tier, subscription.interval, amount)
    return _gift(subscription, amount, subscription.interval, covers_fee=covers_fee, locale=locale)


def _refuse_dues(membership: Membership, amount: int, locale: str) -> None:
    tier, smallest = membership.next_tier or membership.tier, least(membership)
    if amount < smallest:
        text = format_amount(smallest, membership.currency, locale)
        raise NotOffered(f"The smallest amount of this tier is {text}. For less, choose another tier.")
    if amount > MOST:
        raise NotOffered(f"The largest amount this form takes is {format_amount(MOST, membership.currency, locale)}.")
    if amount != smallest and not tier.allows_more:
        raise NotOffered(f"The price of this tier is {format_amount(smallest, membership.currency, locale)}.")


def _dues(membership: Membership, tier: Tier, interval: str, amount: int, *, at_once: bool = False) -> Wanted:
    """A lower tier that waits for the next payment goes on waiting, whatever else is changed."""
    waits = membership.next_tier is not None
    detail = {"tier": tier.pk, "at_next_payment": True} if waits else {}
    line = dues.line_of(tier, interval=interval, amount=amount)
    return Wanted(lines=[line], interval=interval, detail=detail, at_once=at_once)


def _gift(gift: Gift, amount: int, interval: str, *, covers_fee: bool, locale: str, at_once: bool = False) -> Wanted:
    giving.refuse_amount(amount, GivingSettings.load(), locale)
    cover = cover_for(amount, gift.currency) if covers_fee else 0
    if amount + cover > MOST:
        raise NotOffered("With the card costs, this is more than one payment can hold.")
    lines = gift_lines.lines_of(gift, amount=amount + cover, fee_cover=cover, interval=interval)
    return Wanted(lines=lines, interval=interval, detail={"fee_cover": cover}, at_once=at_once)


# -- Intervals ----------------------------------------------------------------------------------------------


def other_intervals(subscription: Membership | Gift, plan: Plan, locale: str = "en") -> list[Wanted]:
    """How else it can be paid. A longer interval begins now, a shorter one when what is paid has been used up."""
    now = can_be_charged_now(plan)
    found = []
    for interval in PER_YEAR:
        if interval != subscription.interval:
            at_once = now and PER_YEAR[interval] < PER_YEAR[subscription.interval]
            wanted = _at_interval(subscription, interval, at_once=at_once, locale=locale)
            found += [wanted] if wanted else []
    return found


def _at_interval(subscription: Membership | Gift, interval: str, *, at_once: bool, locale: str) -> Wanted | None:
    if isinstance(subscription, Membership):
        tier = subscription.next_tier or subscription.tier
        price = tier.price_of(interval)
        if price is None or (at_once and subscription.next_tier):
            return None
        amount = max(price, _same_a_year(subscription, interval)) if _gives_more(subscription, tier) else price
        return _dues(subscription, tier, interval, amount, at_once=at_once)
    try:
        return _gift(
            subscription,
            _same_a_year(subscription, interval),
            interval,
            covers_fee=bool(subscription.fee_cover),
            locale=locale,
            at_once=at_once,
        )
    except NotOffered:
        return None


def _same_a_year(subscription: Membership | Gift, interval: str) -> int:
    """What one payment must be at another interval, to come to the same in a year."""
    amount = subscription.gift_amount if isinstance(subscription, Gift) else subscription.amount
    return -(-yearly(amount, subscription.interval) // PER_YEAR[interval])


def _gives_more(membership: Membership, tier: Tier) -> bool:
    price = tier.price_of(membership.interval)
    return tier.allows_more and price is not None and membership.amount > price


# -- Tiers --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class OtherTier:
    """A tier that can be changed to, and what that means."""

    tier: Tier
    wanted: Wanted
    is_higher: bool
    # Where a lower tier waits for the next payment, the present one can be kept.
    is_stay: bool = False


def other_tiers(membership: Membership, plan: Plan) -> list[OtherTier]:
    """The open tiers with a price at this interval; a higher one while a lower one waits must wait for that."""
    now = can_be_charged_now(plan)
    found = []
    for tier in Tier.objects.open().with_offer():
        price = tier.price_of(membership.interval)
        if price is None or tier == (membership.next_tier or membership.tier):
            continue
        found += [_other_tier(membership, tier, price, now=now)]
    return found


def _other_tier(membership: Membership, tier: Tier, price: int, *, now: bool) -> OtherTier:
    is_stay = tier == membership.tier
    is_higher = not is_stay and price > _price_now(membership)
    at_once = is_higher and now and membership.next_tier is None
    amount = max(price, membership.amount) if is_higher and tier.allows_more else price
    detail = {"tier": tier.pk} if at_once else {"tier": tier.pk, "at_next_payment": True}
    line = dues.line_of(tier, interval=membership.interval, amount=amount)
    wanted = Wanted(lines=[line], interval=membership.interval, detail=detail, at_once=at_once)
    return OtherTier(tier=tier, wanted=wanted, is_higher=is_higher, is_stay=is_stay)


def _price_now(membership: Membership) -> int:
    price = membership.tier.price_of(membership.interval)
    return membership.amount if price is None else price


def lost_benefits(membership: Membership, tier: Tier) -> list[str]:
    """What the present tier gives and the other does not."""
    kept = {benefit.label.casefold() for benefit in tier.benefits.all()}
    return [benefit.label for benefit in membership.tier.benefits.all() if benefit.label.casefold() not in kept]
