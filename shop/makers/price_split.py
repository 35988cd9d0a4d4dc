"""Where a price goes: the maker, materials, tax, the payment's fee, and the programme, which gets the rest.

Amounts are minor units of the reporting currency. The parts sum to the price to the last unit, whatever is rounded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from payments.models.tax import TaxSettings
from payments.tax.reckoning import Taxable, tax_on
from receipts.money import split
from shop.models import MakerSettings, Variant


@dataclass(frozen=True, kw_only=True)
class Part:
    key: str
    label: str
    amount: int
    # Whole percents of the price for a bar: together exactly 100. The table says the amounts.
    percent: int = 0
    # Where it begins in the bar.
    start: int = 0


@dataclass(frozen=True, kw_only=True)
class PriceSplit:
    price: int
    currency: str
    parts: tuple[Part, ...]
    # Tax comes on top of the price and is no part of it.
    is_before_tax: bool
    # What we put in, where a price does not cover what the thing costs.
    added: int = 0


def price_splits(variants: Sequence[Variant], *, prices: Sequence[int] | None = None) -> list[PriceSplit | None]:
    """The split of each variant's price: what `prices` says is paid for one, else the shelf's. Four queries for all.

    None where staff show no split, or nothing is known of it: neither maker pay nor materials.
    """
    shown = MakerSettings.load()
    if not shown.shows_price_split or not variants:
        return [None for _ in variants]
    now = timezone.now()
    paid = list(prices) if prices is not None else [variant.price_at(now) for variant in variants]
    settings = TaxSettings.load()
    taxes = _taxes_in(variants, paid, shown.currency, settings)
    return [
        price_split(
            price=price,
            currency=shown.currency,
            maker_pay=variant.maker_pay,
            materials=variant.materials_cost,
            tax=tax,
            fee=shown.fee_on(price),
            is_before_tax=not settings.includes_tax,
        )
        if variant.maker_pay or variant.materials_cost
        else None
        for variant, price, tax in zip(variants, paid, taxes, strict=True)
    ]


def _taxes_in(variants: Sequence[Variant], prices: Sequence[int], currency: str, settings: TaxSettings) -> list[int]:
    """The tax that is in each price, where prices include it: by the rates of the place we ship from."""
    if not settings.includes_tax:
        return [0] * len(prices)
    taxed = tax_on(
        [
            Taxable(category=variant.product.tax_category, amount=price, currency=currency)
            for variant, price in zip(variants, prices, strict=True)
        ],
        country=str(settings.ships_from),
        region=settings.ships_from_region,
        on=timezone.localdate(),
        includes_tax=True,
    )
    return [one.tax for one in taxed]


def price_split(
    *, price: int, currency: str, maker_pay: int, materials: int, tax: int, fee: int, is_before_tax: bool
) -> PriceSplit:
    """Costs as they are; the programme gets what they leave, and pays what they exceed the price by."""
    rest = price - maker_pay - materials - tax - fee
    amounts = {
        "maker": ("The maker", maker_pay),
        "materials": ("Materials", materials),
        "programme": ("Our programme", max(rest, 0)),
        "tax": ("Tax", tax),
        "fee": ("Payment fee", fee),
    }
    kept = [(key, label, amount) for key, (label, amount) in amounts.items() if amount]
    return PriceSplit(
        price=price, currency=currency, parts=_with_percents(kept), is_before_tax=is_before_tax, added=max(-rest, 0)
    )


def _with_percents(kept: Sequence[tuple[str, str, int]]) -> tuple[Part, ...]:
    percents = split(100, [amount for _, _, amount in kept]) if kept else []
    parts, start = [], 0
    for (key, label, amount), percent in zip(kept, percents, strict=True):
        parts.append(Part(key=key, label=label, amount=amount, percent=percent, start=start))
        start += percent
    return tuple(parts)
