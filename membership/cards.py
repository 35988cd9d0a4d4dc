"""Tiers as visitors compare them: on the join page, on a page of the site, and where a tier is gone."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from membership.models import Benefit, Interval, Tier
from payments.intervals import yearly


@dataclass(frozen=True, kw_only=True)
class TierCard:
    tier: Tier
    interval: str
    price: int
    per: str
    # What a year of monthly payments costs more; 0 where that says nothing.
    saving: int
    benefits: list[Benefit]
    url: str


def tier_cards(interval: str) -> list[TierCard]:
    """Every tier that is offered, at the price of this interval where it has one."""
    tiers = Tier.objects.open().with_offer()
    return [_card(tier, interval) for tier in tiers if tier.prices.all()]


def _card(tier: Tier, wanted: str) -> TierCard:
    prices = {price.interval: price.amount for price in tier.prices.all()}
    interval = wanted if wanted in prices else next(iter(prices))
    return TierCard(
        tier=tier,
        interval=interval,
        price=prices[interval],
        per=Interval(interval).per,
        saving=0 if tier.free_amount else saving_of(prices, interval),
        benefits=list(tier.benefits.all()),
        url=f"{reverse('join_tier', args=[tier.slug])}?interval={interval}",
    )


def saving_of(prices: dict[str, int], interval: str) -> int:
    """What a year paid by the month costs more than one paid this way; 0 where that says nothing."""
    if interval == Interval.MONTH or not {Interval.MONTH, interval} <= set(prices):
        return 0
    return max(yearly(prices[Interval.MONTH], Interval.MONTH) - yearly(prices[interval], interval), 0)


def known_interval(text: str | None, default: str = Interval.MONTH) -> str:
    return text if text in Interval.values else default
