"""Another amount, from the next payment on. Nothing is charged now, so there is nothing to preview."""

from __future__ import annotations

from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language

from membership.joining import NotOffered
from membership.managing import changes
from membership.managing.forms import AmountForm
from membership.managing.owned import Owned, for_owner
from membership.managing.quotes import Quote
from membership.managing.wanted import Wanted, other_amount
from membership.managing.words import REFUSED, UNAVAILABLE
from payments.changing import ChangeRefused, ChangeUnavailable

SAME = "You pay that already."


@for_owner("GET", "HEAD", "POST", needs="can_change_terms")
def change_amount(request: HttpRequest, owned: Owned) -> HttpResponse:
    form = _form(request, owned)
    wanted = _wanted(owned, form) if form.is_bound and form.is_valid() else None
    if wanted is None:
        return _page(request, owned, form, status=422 if form.errors else 200)
    try:
        changes.ask(request, owned, wanted, Quote(None, uuid4(), 0))
    except ChangeUnavailable:
        messages.error(request, UNAVAILABLE)
        return _page(request, owned, form, status=503)
    except ChangeRefused:
        messages.error(request, REFUSED)
        return _page(request, owned, form, status=422)
    return redirect(owned.url)


def _form(request: HttpRequest, owned: Owned) -> AmountForm:
    """``?amount=`` presets it: links in mails suggest a step."""
    typed = request.POST if request.method == "POST" else None
    preset = {"amount": request.GET["amount"][:40]} if request.GET.get("amount") else {}
    return AmountForm(typed, subscription=owned.subscription, locale=get_language() or "en", initial=preset)


def _wanted(owned: Owned, form: AmountForm) -> Wanted | None:
    covers = bool(form.cleaned_data.get("covers_fee"))
    try:
        wanted = other_amount(
            owned.subscription, form.cleaned_data["amount"], covers_fee=covers, locale=get_language() or "en"
        )
    except NotOffered as problem:
        form.add_error("amount", str(problem))
        return None
    if wanted.amount == owned.running_plan.amount and bool(getattr(owned.subscription, "fee_cover", 0)) == covers:
        form.add_error("amount", SAME)
        return None
    return wanted


def _page(request: HttpRequest, owned: Owned, form: AmountForm, *, status: int) -> HttpResponse:
    context = {"owned": owned, "subscription": owned.subscription, "plan": owned.plan, "form": form}
    return render(request, "membership/manage/amount.html", context, status=status)
