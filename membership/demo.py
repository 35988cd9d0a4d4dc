"""Three believable tiers for the demo and for whoever starts from nothing. Doing it again changes nothing."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from membership.access import group_of
from membership.models import Benefit, Interval, Tier, TierPrice
from receipts.money import minor_digits


@dataclass(frozen=True, kw_only=True)
class Gain:
    """A benefit: what it would cost to buy in a year, what it costs us, both in whole units of the currency."""

    label: str
    kind: str = "main"
    fair_value: int = 0
    cost: int | None = None
    bears_logo: bool = False


NEWSLETTER = Gain(label="Letters from the house, four times a year", kind="complimentary")
PIN = Gain(label="Enamel pin with our lighthouse", kind="token", fair_value=8, cost=3, bears_logo=True)
EVENING = Gain(label="A seat at the yearly supporters’ evening, with dinner", fair_value=45, cost=30)
DISCOUNT = Gain(label="10 % off in the makers’ shop", kind="membership_frequent", fair_value=12, cost=0)
PRINT = Gain(label="A signed print by one of the makers", fair_value=60, cost=40)

TIERS = (
    {
        "slug": "friend",
        "name": "Friend",
        "summary": "Keeps the night line answered, every night of the year.",
        "description": "Friends pay for the hours in which nobody else picks up the phone.",
        "prices": (15, 150),
        "gains": (NEWSLETTER, PIN),
    },
    {
        "slug": "ally",
        "name": "Ally",
        "summary": "Pays for a place in a workshop, with materials and a teacher.",
        "description": "Allies stand behind somebody who learns a trade, from the first day to the certificate.",
        "prices": (40, 400),
        "gains": (NEWSLETTER, PIN, DISCOUNT),
        "is_highlighted": True,
    },
    {
        "slug": "guardian",
        "name": "Guardian",
        "summary": "Carries a room in the house, so that the door can stay open.",
        "description": "Guardians carry what no grant pays for: rent, heating, the second attempt at an exam.",
        "prices": (100, 1000),
        "gains": (NEWSLETTER, PIN, DISCOUNT, EVENING, PRINT),
    },
)


@transaction.atomic
def build_tiers() -> list[Tier]:
    return [_build(order, **words) for order, words in enumerate(TIERS, start=1)]  # type: ignore[arg-type]


def _build(order: int, *, slug: str, prices: tuple[int, int], gains: tuple[Gain, ...], **fields: object) -> Tier:
    tier, created = Tier.objects.get_or_create(slug=slug, defaults={**fields, "order": order})
    if created:
        unit = 10 ** minor_digits(settings.REPORTING_CURRENCY)
        for interval, price in zip(Interval.values, prices, strict=True):
            TierPrice.objects.create(tier=tier, interval=interval, amount=price * unit)
        Benefit.objects.bulk_create(_benefit(tier, place, gain, unit) for place, gain in enumerate(gains))
    group_of(tier)
    return tier


def _benefit(tier: Tier, place: int, gain: Gain, unit: int) -> Benefit:
    return Benefit(
        tier=tier,
        sort_order=place,
        label=gain.label,
        kind=gain.kind,
        fair_value=gain.fair_value * unit,
        cost=None if gain.cost is None else gain.cost * unit,
        bears_logo=gain.bears_logo,
    )
