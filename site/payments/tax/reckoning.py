"""The tax on some amounts, to the minor unit: exact integers all the way, rounded once for each rate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from payments.currencies import step_of
from payments.models import TaxRate
from payments.models.tax import STANDARD, ZERO
from receipts.money import split

# Rates are percents with four decimals: 100 % is a million of their last place.
WHOLE = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Taxable:
    """An amount to be taxed, in minor units, after any discount."""

    category: str
    amount: int
    currency: str


@dataclass(frozen=True, kw_only=True)
class Taxed:
    """Minor units. ``taxes`` says of each rate: name, rate (a percent as text, "9.9750") and amount."""

    net: int
    tax: int
    taxes: tuple[dict[str, Any], ...] = ()

    @property
    def gross(self) -> int:
        return self.net + self.tax


def tax_on(amounts: Sequence[Taxable], *, country: str, region: str, on: date, includes_tax: bool) -> list[Taxed]:
    """The tax on each amount where it is delivered to, in the order of the amounts. One query for all.

    Without ``includes_tax`` the tax comes on top, and each rate is rounded half up by itself, to
    what a card can pay. With it, net and tax
    are the amount to the last unit: the tax that is in it is rounded half up, and shared between the rates. A
    category that the country has no rate for is taxed as standard, unless it is "zero"; no category, no tax.
    """
    rates = _rates_by_category({one.category for one in amounts}, country=country, region=region, on=on)
    return [_work_out(one, rates.get(one.category, ()), includes_tax=includes_tax) for one in amounts]


def _work_out(one: Taxable, rates: Sequence[TaxRate], *, includes_tax: bool) -> Taxed:
    if includes_tax:
        return _taken_out(one.amount, rates)
    return _put_on_top(one.amount, rates, step=step_of(one.currency))


def _rates_by_category(
    categories: Iterable[str], *, country: str, region: str, on: date
) -> dict[str, Sequence[TaxRate]]:
    wanted = set(categories) - {""}
    rows = TaxRate.objects.valid_on(on).in_place(country, region).filter(category__in=wanted | {STANDARD})
    by_category: dict[str, dict[str, TaxRate]] = {}
    # The one to apply comes last and stays: of the region before the country, then what began last.
    for row in sorted(rows, key=lambda row: (bool(row.region), row.valid_from)):
        by_category.setdefault(row.category, {})[row.name.casefold()] = row
    applying = {category: _in_order(named.values()) for category, named in by_category.items()}
    fallback = applying.get(STANDARD, [])
    return {category: applying.get(category, [] if category == ZERO else fallback) for category in wanted}


def _in_order(rows: Iterable[TaxRate]) -> list[TaxRate]:
    """The country's before the region's, as people are used to read them."""
    return sorted(rows, key=lambda row: (bool(row.region), row.name))


def _put_on_top(amount: int, rates: Sequence[TaxRate], *, step: int = 1) -> Taxed:
    """``step`` is the smallest amount that a card can pay (``payments.currencies``): no tax is a part of it."""
    parts = [step * _half_up(amount * _units(row), WHOLE * step) for row in rates]
    return Taxed(net=amount, tax=sum(parts), taxes=_named(rates, parts))


def _taken_out(amount: int, rates: Sequence[TaxRate]) -> Taxed:
    units = [_units(row) for row in rates]
    tax = _half_up(amount * sum(units), WHOLE + sum(units))
    parts = split(tax, units) if tax else [0] * len(units)
    return Taxed(net=amount - tax, tax=tax, taxes=_named(rates, parts))


def _units(row: TaxRate) -> int:
    return int(row.rate * 10_000)


def _half_up(dividend: int, divisor: int) -> int:
    """Halves away from zero, so that what is taken back is rounded as it was given."""
    rounded = (2 * abs(dividend) + divisor) // (2 * divisor)
    return rounded if dividend >= 0 else -rounded


def _named(rates: Sequence[TaxRate], parts: Sequence[int]) -> tuple[dict[str, Any], ...]:
    return tuple(
        {"name": row.name, "rate": f"{row.rate:.4f}", "amount": part} for row, part in zip(rates, parts, strict=True)
    )
