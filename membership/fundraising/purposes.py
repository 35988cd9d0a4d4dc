"""What staff may book a gift for: every fund that is open, and every campaign that has begun.

A cheque for a campaign may come after its deadline, so that one that has ended is offered too.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from membership.models import Campaign
from receipts.models import Fund


@dataclass(frozen=True, kw_only=True)
class BookedFor:
    key: str
    label: str
    fund: Fund
    campaign: Campaign | None = None


def all_purposes() -> dict[str, BookedFor]:
    """By the key that a form posts; the unrestricted fund first."""
    unrestricted = Fund.unrestricted()
    funds = [BookedFor(key=f"fund-{fund.pk}", label=fund.name, fund=fund) for fund in Fund.objects.filter(is_open=True)]
    begun = Campaign.objects.filter(starts_at__lte=timezone.now()).select_related("fund")
    campaigns = [
        BookedFor(
            key=f"campaign-{campaign.pk}",
            label=f"Campaign: {campaign.name}",
            fund=campaign.fund or unrestricted,
            campaign=campaign,
        )
        for campaign in begun
    ]
    return {purpose.key: purpose for purpose in [*funds, *campaigns]}
