"""Another tier or another interval: choose, look at what it means, then say yes.

What costs something now is previewed by Stripe, and the moment of the preview is signed into the form: what was shown
is what is charged.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language

from membership.managing import changes, quotes
from membership.managing.owned import Owned, for_owner
from membership.managing.wanted import OtherTier, Wanted, lost_benefits, other_intervals, other_tiers
from membership.managing.words import REFUSED, UNAVAILABLE, card_of
from membership.models import Membership
from payments import changing
from payments.changing import ChangeRefused, ChangeUnavailable

STALE = "This has changed since you looked at it, or an hour has passed. Nothing was charged. Please look again."


@dataclass(frozen=True, kw_only=True)
class Step:
    """One change as it is shown before it is made."""

    wanted: Wanted
    key: str
    title: str
    tier: OtherTier | None = None
    # When the new interval begins, if not now.
    starts_at: datetime | None = None


@for_owner("GET", "HEAD", "POST", needs="can_change_terms")
def change_tier(request: HttpRequest, owned: Owned) -> HttpResponse:
    membership, plan = owned.membership, owned.running_plan
    tiers = other_tiers(membership, plan)
    chosen = request.POST.get("to") or request.GET.get("to")
    tier = next((one for one in tiers if one.tier.slug == chosen), None)
    if request.method == "POST" and chosen == membership.tier.slug and tier is None:
        return _already(request, owned)
    if tier is None:
        context = {"owned": owned, "membership": membership, "tiers": tiers, "plan": plan}
        return render(request, "membership/manage/tiers.html", context, status=422 if chosen else 200)
    title = f"Stay with {tier.tier.name}" if tier.is_stay else f"{tier.tier.name} instead of {membership.tier.name}"
    return _go(request, owned, Step(wanted=tier.wanted, key=tier.tier.slug, title=title, tier=tier))


@for_owner("GET", "HEAD", "POST", needs="can_change_terms")
def change_interval(request: HttpRequest, owned: Owned) -> HttpResponse:
    plan = owned.running_plan
    found = other_intervals(owned.subscription, plan, get_language() or "en")
    chosen = request.POST.get("to") or request.GET.get("to")
    wanted = next((one for one in found if one.interval == chosen), None)
    if request.method == "POST" and chosen == owned.subscription.interval:
        return _already(request, owned)
    if wanted is None:
        context = {"owned": owned, "subscription": owned.subscription, "choices": found, "plan": plan}
        return render(request, "membership/manage/intervals.html", context, status=422 if chosen else 200)
    starts_at = None if wanted.at_once else plan.current_period_end
    title = f"Pay every {wanted.interval}"
    return _go(request, owned, Step(wanted=wanted, key=wanted.interval, title=title, starts_at=starts_at))


def _already(request: HttpRequest, owned: Owned) -> HttpResponse:
    """The second of two clicks: the first has done it."""
    messages.info(request, "It is so already.")
    return redirect(owned.url)


def _go(request: HttpRequest, owned: Owned, step: Step) -> HttpResponse:
    if request.method != "POST":
        return _look(request, owned, step)
    quote = quotes.read(request.POST.get("quote", ""), owned.running_plan, step.wanted)
    if quote is None:
        messages.warning(request, STALE)
        return _look(request, owned, step, status=422)
    try:
        changes.ask(request, owned, step.wanted, quote, starts_at=step.starts_at)
    except ChangeUnavailable:
        messages.error(request, UNAVAILABLE)
        # The same yes may be said again, and it is done once.
        return _page(request, owned, step, quote=request.POST["quote"], due_now=quote.due_now, status=503)
    except ChangeRefused:
        messages.error(request, REFUSED)
    return redirect(owned.url)


def _look(request: HttpRequest, owned: Owned, step: Step, *, status: int = 200) -> HttpResponse:
    """What it costs and what it changes, with a yes that is worth an hour."""
    plan, preview = owned.running_plan, None
    if step.wanted.at_once:
        moment = int(timezone.now().timestamp())
        try:
            preview = changing.preview(plan, lines=step.wanted.lines, interval=step.wanted.interval, moment=moment)
        except (ChangeUnavailable, ChangeRefused):
            messages.error(request, UNAVAILABLE)
            return redirect(owned.url)
    quote = quotes.sign(
        plan,
        step.wanted,
        moment=preview.moment if preview else None,
        due_now=preview.due_now if preview else 0,
    )
    due_now = preview.due_now if preview else 0
    return _page(request, owned, step, quote=quote, due_now=due_now, preview=preview, status=status)


def _page(
    request: HttpRequest,
    owned: Owned,
    step: Step,
    *,
    quote: str,
    due_now: int,
    preview: changing.Preview | None = None,
    status: int,
) -> HttpResponse:
    lost = []
    if step.tier and not step.tier.is_higher and not step.tier.is_stay and isinstance(owned.subscription, Membership):
        lost = lost_benefits(owned.subscription, step.tier.tier)
    context = {
        "owned": owned,
        "subscription": owned.subscription,
        "plan": owned.plan,
        "card": card_of(owned.running_plan),
        "step": step,
        "preview": preview,
        "quote": quote,
        "due_now": due_now,
        "lost": lost,
        "is_again": status == 503,
    }
    return render(request, "membership/manage/look.html", context, status=status)
