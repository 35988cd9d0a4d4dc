"""Joining in three steps: choose a tier, say who you are, see what of it is tax-deductible. Then Stripe's page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from membership import joining
from membership.came_back import live_memberships, typed_before
from membership.cards import known_interval, tier_cards
from membership.comparing import compare, offers_of
from membership.forms import JoinForm
from membership.models import Interval, Tier
from membership.receiptable import all_receiptable, receiptable
from payments import guard
from payments.checkout import AlreadyPaid, CheckoutUnavailable
from payments.views import to_checkout, to_result


@require_safe
def tiers(request: HttpRequest) -> HttpResponse:
    interval = known_interval(request.GET.get("interval"))
    context = {"cards": tier_cards(interval), "interval": interval, "intervals": Interval}
    return render(request, "membership/tiers.html", context)


@require_safe
def compare_tiers(request: HttpRequest) -> HttpResponse:
    return render(request, "membership/compare.html", {"comparison": compare(on=timezone.localdate())})


@require_safe
def about_tier(request: HttpRequest, slug: str) -> HttpResponse:
    tier = Tier.objects.with_offer().filter(slug=slug).first()
    if tier is None or not tier.is_open or not tier.prices.all():
        return _gone(request, tier)
    offers = list(offers_of([tier], on=timezone.localdate()).values())
    return render(request, "membership/about_tier.html", {"tier": tier, "offers": offers})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, slug: str) -> HttpResponse:
    tier = Tier.objects.with_offer().filter(slug=slug).first()
    if tier is None or not tier.is_open or not tier.prices.all():
        return _gone(request, tier)
    if request.method != "POST":
        typed = typed_before(request, tier) if "back" in request.GET else {}
        return _form_page(request, tier, _form(request, tier, initial={"interval": _interval(request, tier), **typed}))
    if request.POST.get("step") == "edit":
        return _form_page(request, tier, _form(request, tier, initial=request.POST.dict()))
    form = _form(request, tier, data=request.POST)
    if not form.is_valid():
        return _form_page(request, tier, form)
    if request.POST.get("step") == "pay":
        return _pay(request, tier, form)
    return _review_page(request, tier, form)


def _form(request: HttpRequest, tier: Tier, **values: Any) -> JoinForm:
    return JoinForm(tier=tier, user=request.user, locale=get_language() or "en", **values)


def _interval(request: HttpRequest, tier: Tier) -> str:
    wanted = known_interval(request.GET.get("interval"))
    return wanted if tier.price_of(wanted) else tier.prices.all()[0].interval


def _form_page(request: HttpRequest, tier: Tier, form: JoinForm) -> HttpResponse:
    today = timezone.localdate()
    prices = tier.prices.all()
    examples = all_receiptable([(tier, price.interval, price.amount) for price in prices], on=today)
    context = {
        "tier": tier,
        "form": form,
        "examples": examples,
        "came_back": request.method == "GET" and "back" in request.GET,
        "memberships": live_memberships(request),
    }
    return render(request, "membership/join.html", context, status=422 if form.errors else 200)


def _review_page(request: HttpRequest, tier: Tier, form: JoinForm, *, trouble: bool = False) -> HttpResponse:
    interval, amount = form.cleaned_data["interval"], form.cleaned_data["amount"]
    context = {
        "tier": tier,
        "form": form,
        "price": tier.price_of(interval),
        "payer": form.payer_details(),
        "parts": receiptable(tier, interval=interval, amount=amount, on=timezone.localdate()),
        "trouble": trouble,
    }
    # 503, so that monitoring sees it too; the visitor reads a sentence and has a button.
    return render(request, "membership/review.html", context, status=503 if trouble else 200)


def _pay(request: HttpRequest, tier: Tier, form: JoinForm) -> HttpResponse:
    if held_up := guard.stop(request, email=form.cleaned_data["email"]):
        return held_up
    try:
        payment = joining.begin(
            payer_details=form.payer_details(),
            tier=tier,
            interval=form.cleaned_data["interval"],
            amount=form.cleaned_data["amount"],
            user=request.user,
            locale=get_language() or "auto",
        )
    except CheckoutUnavailable:
        return _review_page(request, tier, form, trouble=True)
    except AlreadyPaid as paid:
        return to_result(str(paid))
    return to_checkout(request, payment)


def _gone(request: HttpRequest, tier: Tier | None) -> HttpResponse:
    """A tier that is not offered (any more). What was typed goes along to the tier that is chosen instead."""
    typed = {name: request.POST[name] for name in JoinForm.base_fields if request.POST.get(name)}
    context = {
        "tier": tier,
        "was_sent": request.method == "POST",
        "typed": typed,
        "cards": tier_cards(known_interval(request.POST.get("interval") or request.GET.get("interval"))),
    }
    return render(request, "membership/gone.html", context, status=404 if tier is None else 410)
