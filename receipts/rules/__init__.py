"""One door to the tax rules: what of a contribution is receiptable, by the rules of its place and day.

The answer before payment, on the receipt and in every export comes from here, so they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from receipts.rules import us
from receipts.rules.contribution import Advantage, Assessment, Contribution, YearlyIndex
from receipts.rules.years import yearly_index

__all__ = [
    "Advantage",
    "Assessment",
    "Contribution",
    "UnknownJurisdiction",
    "YearlyIndex",
    "assess",
    "assess_all",
    "is_known",
]

PACKS = {"US": us}


class UnknownJurisdiction(LookupError):
    """There are no rules for this place, so nothing here may be called a tax receipt."""


def is_known(jurisdiction: str) -> bool:
    return jurisdiction in PACKS


def assess(jurisdiction: str, contribution: Contribution, on: date) -> Assessment:
    """Judge a contribution by the rules that held in this jurisdiction on the day it was paid.

    Raises UnknownJurisdiction where we have no rules: a plain payment receipt is all that can be issued.
    """
    return assess_all(jurisdiction, [contribution], on)[0]


def assess_all(jurisdiction: str, contributions: Iterable[Contribution], on: date) -> list[Assessment]:
    """As ``assess``, for many: the year's amounts are looked up once."""
    if jurisdiction not in PACKS:
        raise UnknownJurisdiction(f"There are no tax rules for “{jurisdiction}” here, so no tax receipt can be issued.")
    index = yearly_index(jurisdiction, on.year)
    return [PACKS[jurisdiction].assess(contribution, index, on.year) for contribution in contributions]
