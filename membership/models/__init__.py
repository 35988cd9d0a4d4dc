"""Tiers and what they give, who belongs to them, gifts, campaigns, and what happens to all of these."""

from __future__ import annotations

from membership.models.bank import BankImport, BankLine
from membership.models.campaign_pages import CampaignPage
from membership.models.campaign_updates import CampaignUpdate, WallMessage
from membership.models.campaigns import Campaign
from membership.models.gift_memberships import GiftMembership
from membership.models.gifts import Gift
from membership.models.giving_settings import GivingSettings
from membership.models.matches import Match, MatchPool, SponsorPayment
from membership.models.member_cards import MemberCard
from membership.models.memberships import Membership
from membership.models.movements import Movement
from membership.models.offline import OfflineGift
from membership.models.pledges import Pledge
from membership.models.recovery import MendLink, Notice
from membership.models.segments import Segment
from membership.models.subscriptions import Subscription
from membership.models.tiers import Benefit, Interval, Tier, TierPrice
from membership.models.tributes import Tribute

__all__ = [
    "BankImport",
    "BankLine",
    "Benefit",
    "Campaign",
    "CampaignPage",
    "CampaignUpdate",
    "Gift",
    "GiftMembership",
    "GivingSettings",
    "Interval",
    "Match",
    "MatchPool",
    "MemberCard",
    "Membership",
    "MendLink",
    "Movement",
    "OfflineGift",
    "Notice",
    "Pledge",
    "Segment",
    "SponsorPayment",
    "Subscription",
    "Tier",
    "TierPrice",
    "Tribute",
    "WallMessage",
]
