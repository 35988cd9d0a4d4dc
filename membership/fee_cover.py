"""What a giver adds so that the card costs take nothing away from the gift: an estimate by the rates that staff set."""

from __future__ import annotations

from dataclasses import dataclass

from membership.models import GivingSettings
from payments.currencies import step_of

WHOLE = 10_000


@dataclass(frozen=True, kw_only=True)
class Rates:
    """What a payment usually costs: hundredths of a percent of it, and a fixed amount in minor units."""

    basis_points: int
    fixed: int
    # What Stripe takes whole multiples of.
    step: int = 1

    def fee_on(self, total: int) -> int:
        """Rounded up, as a cost that must not be forgotten."""
        return -(-total * self.basis_points // WHOLE) + self.fixed


def rates_for(currency: str) -> Rates | None:
    """None where nothing is offered: switched off, or another currency than the rates are for."""
    giving = GivingSettings.load()
    if not giving.offers_fee_cover or currency != giving.currency:
        return None
    return Rates(basis_points=giving.fee_basis_points, fixed=giving.fixed_fee, step=step_of(currency))


def cover_for(amount: int, currency: str) -> int:
    """The least that must be added to ``amount`` so that it arrives whole; 0 where no cover is offered."""
    rates = rates_for(currency)
    return cover_at(amount, rates) if rates else 0


def cover_at(amount: int, rates: Rates) -> int:
    total = -(-(amount + rates.fixed) * WHOLE // (WHOLE - rates.basis_points))
    return -(-total // rates.step) * rates.step - amount
