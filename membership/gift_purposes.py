"""What a gift can be for: wherever it is needed, a fund that the form offers, or an open campaign."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from membership.models import Campaign, GivingSettings
from membership.models.gifts import ANYWHERE
from receipts.models import Fund


@dataclass(frozen=True, kw_only=True)
class Purpose:
    key: str
    label: str
    fund: Fund | None = None
    campaign: Campaign | None = None


def open_purposes(giving: GivingSettings) -> list[Purpose]:
    now = timezone.now()
    campaigns = Campaign.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now), is_open=True, starts_at__lte=now)
    return [
        Purpose(key="any", label=ANYWHERE),
        *(Purpose(key=f"fund-{fund.pk}", label=fund.name, fund=fund) for fund in giving.open_funds()),
        *(
            Purpose(key=f"campaign-{campaign.slug}", label=campaign.name, campaign=campaign)
            for campaign in campaigns.select_related("fund")
        ),
    ]


def purpose_wanted(purposes: list[Purpose], *, fund: str, campaign: str) -> Purpose | None:
    """The one that a link asks for: a campaign by the word in its address, a fund by its number or name."""
    for purpose in purposes:
        if campaign and purpose.campaign and purpose.campaign.slug == campaign:
            return purpose
        if fund and purpose.fund and fund.casefold() in (str(purpose.fund.pk), purpose.fund.name.casefold()):
            return purpose
    return None
