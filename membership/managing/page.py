"""Everything about one subscription: what it is, when it is paid and by what, what it was, what was paid."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from membership.managing.owned import Owned, for_owner
from membership.managing.words import card_of
from membership.models import Membership, Tier
from payments.models import Plan, PlanTerms

# Dropped changes are news for a while, then history nobody asks for.
NEWS = timedelta(days=7)


@for_owner("GET", "HEAD")
def manage(request: HttpRequest, owned: Owned) -> HttpResponse:
    page = Paginator(owned.payments(), 24).get_page(request.GET.get("p"))
    context = {
        "owned": owned,
        "subscription": owned.subscription,
        "plan": owned.plan,
        "payer": owned.subscription.payer.current(),
        "is_live": is_live(owned),
        "next_payment_at": next_payment_at(owned),
        "card": card_of(owned.plan) if owned.plan else "",
        "card_ends_too_soon": card_ends_too_soon(owned),
        "benefits": benefits_of(owned),
        "dropped": _just_dropped(owned.plan),
        "history": _history(owned.plan),
        "page": page,
    }
    return render(request, "membership/manage/subscription.html", context)


def is_live(owned: Owned) -> bool:
    return isinstance(owned.subscription, Membership) and owned.subscription.is_live_now


def next_payment_at(owned: Owned) -> Any:
    return owned.plan.next_payment_at if owned.plan and owned.runs else None


def card_ends_too_soon(owned: Owned) -> bool:
    """Whether the next payment comes after the card's last day."""
    plan, due = owned.plan, next_payment_at(owned)
    return bool(plan and plan.card_expires and due and timezone.localdate(due) > plan.card_expires)


def benefits_of(owned: Owned) -> list[Any]:
    if not isinstance(owned.subscription, Membership):
        return []
    return list(owned.subscription.tier.benefits.all())


def _just_dropped(plan: Plan | None) -> PlanTerms | None:
    """A change at once that was never paid, unless something else was changed since."""
    last = plan.terms.exclude(origin=PlanTerms.Origin.CHECKOUT).last() if plan else None
    if last is None or last.state != PlanTerms.State.DROPPED or last.asked_at < timezone.now() - NEWS:
        return None
    return last


def _history(plan: Plan | None) -> list[dict[str, Any]]:
    """What one payment was, newest first: each with the tier that it was for, where that is known."""
    if plan is None:
        return []
    shown = (PlanTerms.State.IN_FORCE, PlanTerms.State.REPLACED)
    terms = list(plan.terms.filter(state__in=shown).order_by("-pk"))
    tiers = Tier.objects.in_bulk({one.detail["tier"] for one in terms if one.detail.get("tier")})
    return [{"terms": one, "tier": tiers.get(one.detail.get("tier"))} for one in terms]
