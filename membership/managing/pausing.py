"""A payment holiday, its end, and another day for the next payment: look first, then say yes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format

from membership.managing import pauses
from membership.managing.forms import DateForm, PauseForm
from membership.managing.owned import Owned, for_owner
from membership.managing.words import ON_ITS_WAY, REFUSED, UNAVAILABLE
from payments import gateway
from payments import pausing as plans
from payments.changing import reread


@for_owner("GET", "HEAD", "POST", needs="can_pause")
def pause(request: HttpRequest, owned: Owned) -> HttpResponse:
    form = PauseForm(request.POST if request.method == "POST" else None, initial={"months": 3})
    if not form.is_bound or not form.is_valid():
        return _page(request, owned, "pause", form)
    plan = owned.running_plan
    until = pauses.pause_ends(form.cleaned_data["months"], timezone.now())
    skipped = pauses.skipped(plan, until)
    if problem := _problem(owned, until, skipped):
        form.add_error("months", problem)
        return _page(request, owned, "pause", form)
    context: dict[str, Any] = {"until": until, "skipped": skipped, "first_after": pauses.first_after(plan, until)}
    if request.POST.get("step") != "save":
        return _page(request, owned, "pause", form, **context)
    done = _do(request, lambda: plans.pause(plan, until=until))
    if done is None:
        return _page(request, owned, "pause", form, **context, status=503)
    return _back(request, owned, done, f"Saved: paused until {_written(until)}. Nothing is charged until then.")


def _problem(owned: Owned, until: datetime, skipped: list[datetime]) -> str:
    plan = owned.running_plan
    if pauses.is_too_long(owned.subscription, plan, until):
        return "A pause may last 12 months in all."
    if plan.is_paused and plan.resumes_at and until <= plan.resumes_at:
        return f"It is paused until {_written(plan.resumes_at)} already. Choose longer, or go on now."
    if not skipped and plan.current_period_end:
        due = _written(plan.current_period_end)
        return f"The next payment is on {due}, so a pause until {_written(until)} would skip none. Choose longer."
    return ""


@for_owner("POST", needs="can_resume")
def resume(request: HttpRequest, owned: Owned) -> HttpResponse:
    plan = owned.running_plan
    done = _do(request, lambda: _resume(owned))
    if done is None:
        return redirect(owned.url)
    if done and plan.status == "past_due":
        messages.warning(request, "It goes on, but its payment did not work. Another card may help.")
        return redirect(owned.url)
    due = plan.next_payment_at
    return _back(request, owned, done, "It goes on." + (f" The next payment is on {_written(due)}." if due else ""))


def _resume(owned: Owned) -> bool:
    plan = owned.running_plan
    if plan.status != "paused":
        return plans.resume(plan)
    gateway.resume_stopped(plan.subscription_id)
    reread(plan)
    return plan.status != "paused"


@for_owner("GET", "HEAD", "POST", needs="can_move")
def change_date(request: HttpRequest, owned: Owned) -> HttpResponse:
    plan = owned.running_plan
    first, last = pauses.day_limits(plan, timezone.now())
    typed = request.POST if request.method == "POST" else None
    due = timezone.localdate(plan.current_period_end) if plan.current_period_end else None
    form = DateForm(typed, first=first, last=last, initial={"day": due})
    if not form.is_bound or not form.is_valid():
        return _page(request, owned, "date", form)
    to = pauses.moment_on(plan, form.cleaned_data["day"])
    gap = pauses.gap(owned.subscription, to)
    is_earlier = plan.paid_until is not None and to < plan.paid_until
    context: dict[str, Any] = {"to": to, "gap": gap, "is_earlier": is_earlier, "is_late_day": to.day > 28}
    if request.POST.get("step") != "save":
        return _page(request, owned, "date", form, **context)
    done = _do(request, lambda: plans.move_next_payment(plan, to=to))
    if done is None:
        return _page(request, owned, "date", form, **context, status=503)
    return _back(request, owned, done, f"Saved: the next payment is on {_written(to)}.")


def _page(
    request: HttpRequest, owned: Owned, name: str, form: Any, *, status: int | None = None, **more: Any
) -> HttpResponse:
    context = {"owned": owned, "subscription": owned.subscription, "plan": owned.plan, "form": form, **more}
    template = f"membership/manage/{name}.html"
    return render(request, template, context, status=status or (422 if form.errors else 200))


def _do(request: HttpRequest, act: Any) -> bool | None:
    """Whether Stripe's own subscription says so now; None where nothing was done."""
    try:
        return bool(act())
    except gateway.StripeUnavailable:
        messages.error(request, UNAVAILABLE)
    except gateway.StripeProblem:
        messages.error(request, REFUSED)
    return None


def _back(request: HttpRequest, owned: Owned, done: bool, text: str) -> HttpResponse:
    if done:
        messages.success(request, text)
    else:
        messages.info(request, ON_ITS_WAY)
    return redirect(owned.url)


def _written(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "j F Y")
