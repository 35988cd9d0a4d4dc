"""What supporters do with their own membership. Stripe is asked first; "saved" is said after it has answered."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.sections import AccountSection
from membership import mails
from membership.forms import CancelForm
from membership.models import Membership
from membership.states import State
from payments import gateway, worker
from payments.mirror.ours import NotHereYet, NotOurs
from payments.models import Customer, Plan

log = logging.getLogger(__name__)

UNAVAILABLE = "Our payment provider can't be reached right now. Nothing was changed. Please try again in a few minutes."
ON_ITS_WAY = "Our payment provider has taken your request. It shows here within a few minutes."
CANCELLABLE = (State.ACTIVE, State.PAST_DUE, State.PAUSED)


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


def _row(membership: Membership, plan: Plan | None, now: Any) -> dict[str, Any]:
    runs = plan is not None and not plan.is_over
    ends = plan is not None and plan.cancel_at_period_end
    return {
        "membership": membership,
        "benefits": list(membership.tier.benefits.all()),
        "is_live": membership.is_live(now),
        "next_payment_at": plan.current_period_end if plan and membership.state == State.ACTIVE else None,
        # The subscription's own word: a membership that is behind with a payment can be cancelled and kept too.
        "can_cancel": runs and membership.state in CANCELLABLE and not ends,
        "can_keep": runs and ends,
        "can_change_card": runs,
    }


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, public_id: str) -> HttpResponse:
    membership, plan = _own(request, public_id)
    if membership.state not in CANCELLABLE or plan.cancel_at_period_end:
        messages.info(request, "This membership is not renewed any more.")
        return redirect("account_home")
    form = CancelForm(request.POST if request.method == "POST" else None)
    context = {"membership": membership, "plan": plan, "form": form}
    if request.method != "POST" or not form.is_valid():
        return render(request, "membership/cancel.html", context)
    if not _set_cancel(request, plan, cancel=True):
        return render(request, "membership/cancel.html", context, status=503)
    Membership.objects.filter(pk=membership.pk).update(
        cancel_requested_at=timezone.now(), cancel_reason=form.cleaned_data["reason"]
    )
    if _report(request, plan, cancelled=True, text=_cancelled_text(membership)):
        mails.cancelled(membership)
    return redirect("account_home")


@never_cache
@login_required
@require_POST
def keep(request: HttpRequest, public_id: str) -> HttpResponse:
    membership, plan = _own(request, public_id)
    said = "Your membership goes on. Thank you for staying."
    if _set_cancel(request, plan, cancel=False) and _report(request, plan, cancelled=False, text=said):
        mails.kept(membership)
    return redirect("account_home")


@never_cache
@login_required
@require_POST
def change_card(request: HttpRequest, public_id: str) -> HttpResponse:
    _, plan = _own(request, public_id)
    customer = get_object_or_404(Customer, payer=plan.payer, livemode=plan.livemode, stripe_id__isnull=False)
    back = settings.BASE_URL + reverse("account_home")
    try:
        url = gateway.card_change_url(customer=customer.stripe_id or "", return_url=back)
    except gateway.StripeProblem:
        messages.error(request, UNAVAILABLE)
        return redirect("account_home")
    response = HttpResponseRedirect(url)
    response.status_code = 303
    return response


def _own(request: HttpRequest, public_id: str) -> tuple[Membership, Plan]:
    """The signed-in user's own running membership; a stranger's does not exist."""
    mine = Membership.objects.of_user(request.user).begun().select_related("tier", "payer")
    membership = get_object_or_404(mine, public_id=public_id)
    plan = membership.plan()
    if plan is None or plan.is_over:
        raise Http404
    return membership, plan


def _set_cancel(request: HttpRequest, plan: Plan, *, cancel: bool) -> bool:
    try:
        gateway.set_cancel_at_period_end(plan.subscription_id, cancel=cancel)
    except gateway.StripeProblem:
        messages.error(request, UNAVAILABLE)
        return False
    try:
        worker.sync("subscription", plan.subscription_id)
    except (gateway.StripeProblem, worker.Busy, worker.LeaseLost, NotOurs, NotHereYet) as error:
        log.info("The account page could not sync: %s", type(error).__name__)
    return True


def _cancelled_text(membership: Membership) -> str:
    if membership.state == State.PAST_DUE:
        return "Your membership is cancelled. The payment that is still open may be tried again until then."
    return "Your membership is cancelled. No further payment will be taken."


def _report(request: HttpRequest, plan: Plan, *, cancelled: bool, text: str) -> bool:
    """Say that it is done only where the re-read subscription says so; returns whether it does."""
    plan.refresh_from_db(fields=["cancel_at_period_end"])
    done = plan.cancel_at_period_end == cancelled
    if done:
        messages.success(request, text)
    else:
        messages.info(request, ON_ITS_WAY)
    return done
