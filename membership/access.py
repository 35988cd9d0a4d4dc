"""Who is a live member. The groups of the tiers follow it; Wagtail's page privacy reads the groups."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db.models import Q
from django.utils import timezone

from membership.models.tiers import Tier
from membership.states import TO_THE_END, WITH_GRACE
from membership.tier_groups import without_rights
from receipts.payers import give_payers_to


def access_ends(tier: Tier, *, state: str, paid_until: datetime | None) -> datetime | None:
    """Only what was paid gives access, and the grace days while a renewal is still being tried."""
    if paid_until is None:
        return None
    if state in WITH_GRACE:
        return paid_until + timedelta(days=tier.grace_days)
    return paid_until if state in TO_THE_END else None


def is_live(tier: Tier, *, state: str, paid_until: datetime | None, at: datetime) -> bool:
    ends = access_ends(tier, state=state, paid_until=paid_until)
    return ends is not None and at < ends


def live_at(at: datetime, *, of: str = "") -> Q:
    """``is_live`` as a condition; ``of`` is the path to memberships. Tiers are few: each gives its own grace days."""
    condition = Q(**{f"{of}state__in": TO_THE_END, f"{of}paid_until__gt": at})
    for pk, grace_days in Tier.objects.values_list("pk", "grace_days"):
        since = at - timedelta(days=grace_days)
        condition |= Q(**{f"{of}tier": pk, f"{of}state__in": WITH_GRACE, f"{of}paid_until__gt": since})
    return condition


def group_of(tier: Tier) -> Group:
    """The tier's own group, made the first time: without permissions, and never one that exists already."""
    if tier.group is None:
        name = f"Members: {tier.name}"[:140]
        taken = Group.objects.filter(name=name).exists()
        tier.group = Group.objects.create(name=f"{name} ({tier.pk})" if taken else name)
        Tier.objects.filter(pk=tier.pk).update(group=tier.group)
    return tier.group


def sync_groups(user: Any, at: datetime | None = None) -> None:
    """Put a user into the groups of the tiers they are live members of, and out of the other tiers' groups."""
    if user is None:
        return
    live = live_at(at or timezone.now(), of="memberships__") & Q(memberships__payer__user=user)
    tiers = Tier.objects.filter(live).select_related("group").distinct()
    wanted = [group_of(tier) for tier in tiers]
    user.groups.add(*without_rights(wanted))
    left = Group.objects.filter(membership_tier__isnull=False, user=user).exclude(pk__in=[group.pk for group in wanted])
    user.groups.remove(*left)


def expire() -> None:
    """The scheduled job: whoever is in a tier's group without a live membership leaves it, and the other way round."""
    now = timezone.now()
    users = get_user_model().objects
    live = live_at(now, of="payers__memberships__")
    for tier in Tier.objects.all():
        members = users.filter(live & Q(payers__memberships__tier=tier)).values("pk")
        inside = users.filter(groups__membership_tier=tier)
        lapsed = inside.exclude(pk__in=members)
        missing = users.filter(pk__in=members).exclude(pk__in=inside.values("pk"))
        for user in [*lapsed, *missing]:
            sync_groups(user, now)


def when_email_confirmed(sender: object, email_address: EmailAddress, **kwargs: Any) -> None:
    # Receivers are called in no promised order, so the payers are given here too: doing it twice does it once.
    give_payers_to(email_address.user, email_address.email)
    sync_groups(email_address.user)
