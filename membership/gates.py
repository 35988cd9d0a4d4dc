"""The gate of the members' pages: a tier's group lets somebody in only while their membership of it is live."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone

from membership.cards import known_interval, tier_cards
from membership.models import Membership, Tier
from pages.gates import Gate


def gate() -> Gate:
    return Gate(groups=tier_groups, live=live_groups, invitation=invitation)


def tier_groups() -> dict[int, str]:
    return {group: name for group, name in Tier.objects.values_list("group", "name") if group is not None}


def live_groups(user: Any) -> frozenset[int]:
    """One query, and never from a cache: a grace that has ended ends the access with it."""
    now = timezone.now()
    mine = Membership.objects.of_user(user).begun().select_related("tier")
    return frozenset(one.tier.group_id for one in mine if one.tier.group_id and one.is_live(now))


def invitation(request: HttpRequest, groups: Collection[int]) -> str:
    """The tiers that open what is closed, and a word to somebody who was a member or is one of another tier."""
    cards = [card for card in tier_cards(known_interval(None)) if card.tier.group_id in groups]
    mine = list(Membership.objects.of_user(request.user).begun().select_related("tier")) if _is_known(request) else []
    now = timezone.now()
    context = {
        "cards": cards,
        "was_member": any(one.tier.group_id in groups for one in mine),
        "other_tier": next((one.tier for one in mine if one.is_live(now)), None),
        "is_known": _is_known(request),
    }
    return render_to_string("membership/invitation.html", context)


def _is_known(request: HttpRequest) -> bool:
    return bool(request.user.is_authenticated)
