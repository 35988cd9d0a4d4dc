"""How much of a payment is tax-deductible, before it is made: judged by the same rules as its receipt will be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from membership.dues import line_of
from membership.models.tiers import Interval, Tier
from receipts.contributions import contribution_of
from receipts.models import Fund, Issuer
from receipts.rules import Advantage, assess_all, is_known


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
    return all_receiptable([(tier, interval, amount)], on=on)[0]


def all_receiptable(payments: Sequence[tuple[Tier, str, int]], *, on: date) -> list[Receiptable]:
    """Each payment of a tier, with its interval and amount; as many queries for all of them as for one."""
    jurisdiction, fund = Issuer.load().jurisdiction, Fund.unrestricted()
    lines = [line_of(tier, interval=interval, amount=amount, fund=fund) for tier, interval, amount in payments]
    contributions = [contribution_of(line, jurisdiction=jurisdiction) for line in lines]
    has_rules = is_known(jurisdiction)
    plain = [
        Receiptable(
            amount=amount,
            currency=tier.currency,
            per=Interval(interval).per,
            benefits=contribution.advantages,
            has_rules=has_rules,
        )
        for (tier, interval, amount), contribution in zip(payments, contributions, strict=True)
    ]
    if not has_rules:
        return plain
    judged = assess_all(jurisdiction, contributions, on)
    return [
        replace(parts, advantage=one.advantage, eligible_amount=one.eligible_amount, reasons=one.reasons)
        for parts, one in zip(plain, judged, strict=True)
    ]
