"""What a membership is to the books: one line of dues, the same before payment and after."""

from __future__ import annotations

from membership.models.tiers import Interval, Tier
from payments.intervals import yearly
from payments.payables import Line
from receipts.chart import Account
from receipts.models import Fund


def line_of(tier: Tier, *, interval: str, amount: int, fund: Fund | None = None) -> Line:
    return Line(
        account=Account.DUES,
        fund=fund or Fund.unrestricted(),
        amount=amount,
        currency=tier.currency,
        description=f"{tier.name} membership, {Interval(interval).label.lower()}",
        advantages=tier.advantages_of(interval),
        yearly_amount=yearly(amount, interval),
    )
