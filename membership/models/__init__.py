"""Tiers and what they give, and who belongs to them."""

from __future__ import annotations

from membership.models.memberships import Membership
from membership.models.tiers import Benefit, Interval, Tier, TierPrice

__all__ = ["Benefit", "Interval", "Membership", "Tier", "TierPrice"]
