"""Three believable tiers for the demo and for whoever starts from nothing, and how people there join."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from django.conf import settings
from django.db import transaction

from membership.access import group_of
from membership.joining import begin
from membership.models import Benefit, Interval, Tier, TierPrice
from payments.models import Payment
from receipts.money import minor_digits
from receipts.payers import PayerDetails


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
DISCOUNT = Gain(label="10% off in the makers’ shop", kind="membership_frequent", fair_value=12, cost=0)
PRINT = Gain(label="A signed print by one of the makers", fair_value=60, cost=40)

TIERS = (
    {
        "slug": "friend",
        "name": "Friend",
        "summary": "Keeps the night line answered, every night of the year.",
        "description": "Friends pay for the hours in which nobody else picks up the phone.",
        "prices": (15, 45, 150),
        "gains": (NEWSLETTER, PIN),
    },
    {
        "slug": "ally",
        "name": "Ally",
        "summary": "Pays for a place in a workshop, with materials and a teacher.",
        "description": "Allies stand behind somebody who learns a trade, from the first day to the certificate.",
        "prices": (40, 120, 400),
        "gains": (NEWSLETTER, PIN, DISCOUNT),
        "is_highlighted": True,
    },
    {
        "slug": "guardian",
        "name": "Guardian",
        "summary": "Carries a room in the house, so that the door can stay open.",
        "description": "Guardians carry what no grant pays for: rent, heating, the second attempt at an exam.",
        "prices": (100, 300, 1000),
        "gains": (NEWSLETTER, PIN, DISCOUNT, EVENING, PRINT),
    },
)


@transaction.atomic
def build_tiers() -> list[Tier]:
    return [_build(order, **words) for order, words in enumerate(TIERS, start=1)]  # type: ignore[arg-type]


def _build(order: int, *, slug: str, prices: tuple[int, int, int], gains: tuple[Gain, ...], **fields: object) -> Tier:
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


# Out of a hundred who join: how many pay by the year, and how many give a third more than the price.
YEARLY, GIVES_MORE = 30, 20


def start_checkout(person: Mapping[str, str], dice: Random) -> Payment:
    """Somebody of the demo's history chooses a tier and goes to Stripe's page."""
    tier = dice.choices(list(Tier.objects.open()), weights=[6, 3, 1])[0]
    interval = Interval.YEAR if dice.random() * 100 < YEARLY else Interval.MONTH
    price = tier.price_of(interval) or 0
    amount = price + price // 3 if dice.random() * 100 < GIVES_MORE else None
    return begin(
        payer_details=PayerDetails(**person), tier=tier, interval=interval, amount=amount, user=None, locale="en"
    )
