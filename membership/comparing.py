"""Tiers beside each other as a table, and one tier in full: what each payment is, saves and leaves to deduct."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from membership.cards import saving_of
from membership.models import Benefit, Interval, Tier
from membership.receiptable import Receiptable, all_receiptable


@dataclass(frozen=True, kw_only=True)
class Offered:
    """A tier's price for one interval."""

    tier: Tier
    interval: str
    label: str
    amount: int
    # What a year of monthly payments costs more; 0 where that says nothing.
    saving: int
    parts: Receiptable
    url: str


@dataclass(frozen=True, kw_only=True)
class BenefitRow:
    label: str
    # The benefit as each tier has it, or None where it has none of that name.
    cells: list[Benefit | None]


@dataclass(frozen=True, kw_only=True)
class Comparison:
    tiers: list[Tier]
    # By interval, one cell a tier.
    prices: list[tuple[str, list[Offered | None]]]
    benefits: list[BenefitRow]
    has_rules: bool


def offers_of(tiers: list[Tier], *, on: date) -> dict[tuple[int, str], Offered]:
    """Every price of every tier, taken apart, by tier and interval."""
    prices = [(tier, price.interval, price.amount) for tier in tiers for price in in_order(tier)]
    parts = all_receiptable(prices, on=on)
    return {
        (tier.pk, interval): _offered(tier, interval, amount, one)
        for (tier, interval, amount), one in zip(prices, parts, strict=True)
    }


def in_order(tier: Tier) -> list[Any]:
    """A tier's prices, the shortest interval first."""
    return sorted(tier.prices.all(), key=lambda price: Interval.values.index(price.interval))


def _offered(tier: Tier, interval: str, amount: int, parts: Receiptable) -> Offered:
    prices = {price.interval: price.amount for price in tier.prices.all()}
    return Offered(
        tier=tier,
        interval=interval,
        label=Interval(interval).label,
        amount=amount,
        # What is the smallest amount saves nobody anything.
        saving=0 if tier.free_amount else saving_of(prices, interval),
        parts=parts,
        url=f"{reverse('join_tier', args=[tier.slug])}?interval={interval}",
    )


def compare(*, on: date) -> Comparison:
    tiers = [tier for tier in Tier.objects.open().with_offer() if tier.prices.all()]
    offers = offers_of(tiers, on=on)
    prices = [
        (Interval(interval).label, [offers.get((tier.pk, interval)) for tier in tiers]) for interval in Interval.values
    ]
    return Comparison(
        tiers=tiers,
        prices=[(label, cells) for label, cells in prices if any(cells)],
        benefits=_benefit_rows(tiers),
        has_rules=any(offer.parts.has_rules for offer in offers.values()),
    )


def _benefit_rows(tiers: list[Tier]) -> list[BenefitRow]:
    """Benefits of one name share a row, whatever each tier's is worth; in the order in which tiers bring them."""
    by_tier = [{benefit.label: benefit for benefit in tier.benefits.all()} for tier in tiers]
    labels = dict.fromkeys(label for benefits in by_tier for label in benefits)
    return [BenefitRow(label=label, cells=[benefits.get(label) for benefits in by_tier]) for label in labels]
