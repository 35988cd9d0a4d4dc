"""A lower price for members, by group: for whatever is sold, wherever the group comes from.

Only groups with a gate count (``pages.gates``), and only while the gate says that this visitor is live in them now: a
member price ends with the membership, and a staff role never brings one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

from pages.gates import kept_groups, standing_of
from payments.currencies import step_of


@dataclass(frozen=True, kw_only=True)
class Price:
    """What one visitor pays, in minor units."""

    amount: int
    regular: int
    # The name of the group whose price it is; empty at the regular price.
    group: str = ""

    @property
    def saving(self) -> int:
        return self.regular - self.amount


def reduced(amount: int, percent_off: int) -> int:
    """Rounded to the nearest amount that a card can pay, halves up: of three decimals, the last is 0."""
    step = step_of(settings.REPORTING_CURRENCY)
    return step * ((amount * (100 - percent_off) + 50 * step) // (100 * step))


def price_for(request: HttpRequest, *, regular: int, by_group: Mapping[int, int]) -> Price:
    """The lowest price that is open to this visitor now. Ask again when they pay: what a page said may be over."""
    return _lowest(regular, {pk: amount for pk, amount in by_group.items() if pk in standing_of(request).open})


def best_price(*, regular: int, by_group: Mapping[int, int]) -> Price:
    """The lowest price that any member pays: what a page can say to everybody, and any cache can keep."""
    kept = kept_groups()
    return _lowest(regular, {pk: amount for pk, amount in by_group.items() if pk in kept})


def _lowest(regular: int, by_group: Mapping[int, int]) -> Price:
    group = min(by_group, key=lambda pk: (by_group[pk], pk), default=None)
    if group is None or by_group[group] >= regular:
        return Price(amount=regular, regular=regular)
    return Price(amount=max(by_group[group], 0), regular=regular, group=kept_groups().get(group, ""))
