"""Giving a membership in two steps, and redeeming one in one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from membership.gift_memberships import buying, limits, redeeming
from membership.gift_memberships.forms import GiftMembershipForm, RedeemForm
from membership.joining import NotOffered
from membership.models import GiftMembership
from membership.receiptable import receiptable
from payments import guard
from payments.checkout import AlreadyPaid, CheckoutUnavailable
from payments.views import to_checkout, to_result

# One sentence for a code that never was, one that is used and one that was paid back: a guess learns nothing.
NOT_REDEEMABLE = "This code can't be redeemed. Compare each letter; it may also have been used already."


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def give(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _form_page(request, _form(request, initial={"offer": request.GET.get("offer", "")}))
    if request.POST.get("step") == "edit":
        return _form_page(request, _form(request, initial=request.POST.dict()))
    form = _form(request, data=request.POST)
    if not form.is_valid():
        return _form_page(request, form)
    return _pay(request, form) if request.POST.get("step") == "pay" else _review_page(request, form)


def _form(request: HttpRequest, **values: Any) -> GiftMembershipForm:
    return GiftMembershipForm(user=request.user, locale=get_language() or "en", **values)


def _form_page(request: HttpRequest, form: GiftMembershipForm) -> HttpResponse:
    context = {"form": form, "came_back": request.method == "GET" and "back" in request.GET}
    return render(request, "membership/gift_membership.html", context, status=422 if form.errors else 200)


def _review_page(request: HttpRequest, form: GiftMembershipForm, *, trouble: bool = False) -> HttpResponse:
    terms = form.gift_terms()
    parts = receiptable(terms.tier, interval=terms.interval, amount=form.price, on=timezone.localdate())
    context = {
        "form": form,
        "terms": terms,
        "price": form.price,
        "payer": form.payer_details(),
        "parts": replace(parts, per="once"),
        "trouble": trouble,
    }
    # 503, so that monitoring sees it too; the visitor reads a sentence and has a button.
    return render(request, "membership/gift_membership_review.html", context, status=503 if trouble else 200)


def _pay(request: HttpRequest, form: GiftMembershipForm) -> HttpResponse:
    if held_up := guard.stop(request, email=form.cleaned_data["email"]):
        return held_up
    try:
        payment = buying.begin(
            payer_details=form.payer_details(),
            gift=form.gift_terms(),
            user=request.user,
            locale=get_language() or "auto",
        )
    except CheckoutUnavailable:
        return _review_page(request, form, trouble=True)
    except NotOffered as problem:
        form.add_error("offer", str(problem))
        return _form_page(request, form)
    except AlreadyPaid as paid:
        return to_result(str(paid))
    return to_checkout(request, payment)


@never_cache
@login_required
@require_safe
def card(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The code on a page to print, for the giver alone."""
    mine = GiftMembership.objects.of_user(request.user).exclude(paid_at=None).select_related("tier", "payer")
    gift = get_object_or_404(mine, public_id=public_id)
    # Printed, so never with the address by which somebody happened to reach us.
    context = {"gift": gift, "redeem_url": settings.BASE_URL + reverse("redeem")}
    return render(request, "membership/gift_membership_card.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def redeem(request: HttpRequest) -> HttpResponse:
    form = RedeemForm(request.POST if request.method == "POST" else None, user=request.user)
    if request.method != "POST":
        return render(request, "membership/redeem.html", {"form": form})
    if not limits.may_try(request):
        form.add_error(None, "That were many codes. Wait ten minutes, then try again.")
        return render(request, "membership/redeem.html", {"form": form}, status=429)
    if not form.is_valid():
        return render(request, "membership/redeem.html", {"form": form}, status=422)
    return _redeem(request, form)


def _redeem(request: HttpRequest, form: RedeemForm) -> HttpResponse:
    typed = form.cleaned_data
    try:
        membership = redeeming.redeem(typed["code"], name=typed["name"], email=typed["email"], user=request.user)
    except redeeming.NotRedeemable:
        form.add_error("code", NOT_REDEEMABLE)
        return render(request, "membership/redeem.html", {"form": form}, status=422)
    if request.user.is_authenticated:
        messages.success(request, f"Welcome: your {membership.tier.name} membership has begun.")
        return redirect("account_home")
    # The address is not proved yet: the page says what anybody with the code knows, and nothing of an account. The
    # end of the membership would tell that there was one before.
    gift = membership.gift_memberships.latest("redeemed_at")
    return render(request, "membership/redeemed.html", {"gift": gift})
