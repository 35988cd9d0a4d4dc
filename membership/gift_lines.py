"""What a gift is to the books: the gift and what covers its fee, both given, both apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from membership.models.tiers import Interval
from payments.payables import Line
from receipts.chart import Account

if TYPE_CHECKING:
    from membership.models.gifts import Gift


def lines_of(gift: Gift, *, amount: int, fee_cover: int, interval: str) -> list[Line]:
    """``amount`` holds ``fee_cover``; both in minor units. Nothing is got back for a gift, so there is no advantage."""
    often = f", {Interval(interval).label.lower()}" if interval else ""
    purpose = gift.campaign.name if gift.campaign else gift.fund.name if gift.fund.is_restricted else ""
    name = f"Gift{often}" + (f": {purpose}" if purpose else "")
    subject = gift.campaign.subject if gift.campaign else ""
    # What covers the card costs brings a campaign no further, and no sponsor matches it.
    parts = [(amount - fee_cover, name, subject), (fee_cover, f"Card costs covered{often}", "")]
    return [
        Line(
            account=Account.GIFTS,
            fund=gift.fund,
            amount=part,
            currency=gift.currency,
            description=description,
            subject=part_of,
        )
        for part, description, part_of in parts
        if part
    ]
