""" "Your membership" on the account page. What can be done with each is on its own page (membership.managing)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from accounts.sections import AccountSection
from membership.models import Membership
from payments.models import Plan


def section(request: HttpRequest) -> AccountSection | None:
    """ "Your membership" on the account page: those of this user that were ever paid, the running ones first."""
    mine = Membership.objects.of_user(request.user).begun()
    memberships = list(mine.select_related("payer").prefetch_related("tier__benefits"))
    if not memberships:
        return AccountSection(order=10, title="Your membership", template_name="membership/account_none.html")
    now = timezone.now()
    plans = _plans_of(memberships)
    rows = [_row(membership, plans.get(membership.pk), now) for membership in memberships]
    rows.sort(key=lambda row: not row["is_live"])
    title = "Your membership" if len(rows) == 1 else "Your memberships"
    return AccountSection(order=10, title=title, template_name="membership/account.html", context={"rows": rows})


def _plans_of(memberships: list[Membership]) -> dict[int, Plan]:
    """The plan of each membership in one query; one that runs goes before one that is over."""
    plans = Plan.objects.filter(
        payable_kind=Membership.kind(), payable_id__in=[membership.pk for membership in memberships]
    )
    ordered = sorted(plans, key=lambda plan: (not plan.is_over, plan.pk))
    return {plan.payable_id: plan for plan in ordered}


def _row(membership: Membership, plan: Plan | None, now: datetime) -> dict[str, Any]:
    return {
        "membership": membership,
        "benefits": list(membership.tier.benefits.all()),
        "is_live": membership.is_live(now),
        "next_payment_at": plan.next_payment_at if plan else None,
        "is_given": plan is None,
        "runs": plan is not None and not plan.is_over,
        # What was given has no plan: there is nothing to begin again while it lasts.
        "can_restart": (plan is not None and plan.is_over) or (plan is None and not membership.is_live(now)),
    }
