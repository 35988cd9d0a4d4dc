"""How much of a payment is tax-deductible, before it is made: judged by the same rules as its receipt will be."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from membership.dues import line_of
from membership.models.tiers import Interval, Tier
from receipts.contributions import contribution_of
from receipts.models import Issuer
from receipts.rules import Advantage, assess, is_known


@dataclass(frozen=True, kw_only=True)
class Receiptable:
    """One payment, taken apart. Without rules for our place there are no tax receipts, only payment receipts."""

    amount: int
    currency: str
    per: str
    benefits: tuple[Advantage, ...]
    has_rules: bool
    advantage: int = 0
    eligible_amount: int = 0
    reasons: tuple[str, ...] = ()


def receiptable(tier: Tier, *, interval: str, amount: int, on: date) -> Receiptable:
    jurisdiction = Issuer.load().jurisdiction
    contribution = contribution_of(line_of(tier, interval=interval, amount=amount), jurisdiction=jurisdiction)
    parts = Receiptable(
        amount=amount,
        currency=tier.currency,
        per=Interval(interval).per,
        benefits=contribution.advantages,
        has_rules=is_known(jurisdiction),
    )
    if not parts.has_rules:
        return parts
    judged = assess(jurisdiction, contribution, on)
    return replace(parts, advantage=judged.advantage, eligible_amount=judged.eligible_amount, reasons=judged.reasons)
