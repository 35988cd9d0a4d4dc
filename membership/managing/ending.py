"""Cancelling in two steps, and staying after all."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from membership import gift_mails, mails
from membership.forms import CancelForm
from membership.managing.owned import Owned, for_owner
from membership.managing.words import ON_ITS_WAY, UNAVAILABLE
from membership.models import Membership
from membership.states import State
from payments import gateway
from payments.changing import reread


@for_owner("GET", "HEAD", "POST", needs="can_cancel")
def cancel(request: HttpRequest, owned: Owned) -> HttpResponse:
    form = CancelForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _cancel_page(request, owned, form, status=422 if form.errors else 200)
    if not _set_cancel(request, owned, cancel=True):
        return _cancel_page(request, owned, form, status=503)
    type(owned.subscription).objects.filter(pk=owned.subscription.pk).update(
        cancel_requested_at=timezone.now(), cancel_reason=form.cleaned_data["reason"]
    )
    if _report(request, owned, cancelled=True, text=_cancelled_text(owned)):
        _confirm_end(owned)
    return redirect(owned.url)


@for_owner("POST", needs="can_keep")
def keep(request: HttpRequest, owned: Owned) -> HttpResponse:
    said = f"Your {owned.word} goes on. Thank you for staying."
    if _set_cancel(request, owned, cancel=False) and _report(request, owned, cancelled=False, text=said):
        _confirm_keeping(owned)
    return redirect(owned.url)


def _confirm_end(owned: Owned) -> None:
    if isinstance(owned.subscription, Membership):
        mails.cancelled(owned.subscription)
    else:
        gift_mails.cancelled(owned.subscription)


def _confirm_keeping(owned: Owned) -> None:
    if isinstance(owned.subscription, Membership):
        mails.kept(owned.subscription)
    else:
        gift_mails.kept(owned.subscription)


def _cancel_page(request: HttpRequest, owned: Owned, form: CancelForm, *, status: int) -> HttpResponse:
    context = {"owned": owned, "subscription": owned.subscription, "plan": owned.plan, "form": form}
    return render(request, "membership/manage/cancel.html", context, status=status)


def _set_cancel(request: HttpRequest, owned: Owned, *, cancel: bool) -> bool:
    plan = owned.running_plan
    try:
        gateway.set_cancel_at_period_end(plan.subscription_id, cancel=cancel)
    except gateway.StripeProblem:
        messages.error(request, UNAVAILABLE)
        return False
    reread(plan)
    owned.reload()
    return True


def _cancelled_text(owned: Owned) -> str:
    done = f"Your {owned.word} is cancelled."
    if owned.subscription.state == State.PAST_DUE:
        return f"{done} The payment that is still open may be tried again until then."
    return f"{done} No further payment will be taken."


def _report(request: HttpRequest, owned: Owned, *, cancelled: bool, text: str) -> bool:
    """Say that it is done only where the re-read subscription says so; returns whether it does."""
    done = owned.running_plan.cancel_at_period_end == cancelled
    if done:
        messages.success(request, text)
    else:
        messages.info(request, ON_ITS_WAY)
    return done
