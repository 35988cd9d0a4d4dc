"""Giving in two steps: what and who, then a last look. Then Stripe's page."""

from __future__ import annotations

from typing import Any

from csp.decorators import csp
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.mail_wording import Wording
from membership import giving, matching
from membership.gift_forms import CHECKBOXES, GiftForm
from membership.gift_presets import Preset, preset_of, typed_before
from membership.gift_receiptable import receiptable
from membership.models import GivingSettings
from membership.tribute_views import MAIL_POLICY
from membership.tributes import notice_of
from payments import guard
from payments.checkout import AlreadyPaid, CheckoutUnavailable
from payments.views import to_checkout, to_result


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def give(request: HttpRequest) -> HttpResponseBase:
    if request.method != "POST":
        return _first_page(request)
    if request.POST.get("step") == "edit":
        return _form_page(request, _form(request, initial=_as_typed(request)))
    form = _form(request, data=request.POST)
    if not form.is_valid():
        return _form_page(request, form)
    if request.POST.get("step") == "notice" and form.is_tribute:
        return csp(MAIL_POLICY)(lambda _: HttpResponse(_notice(form).html))(request)
    if request.POST.get("step") != "pay":
        return _review_page(request, form)
    if request.POST.get("total") != str(_total(form)):
        return _review_page(request, form, has_changed=True, status=422)
    return _pay(request, form)


def _form(request: HttpRequest, **values: Any) -> GiftForm:
    return GiftForm(giving=GivingSettings.load(), user=request.user, locale=get_language() or "en", **values)


def _as_typed(request: HttpRequest) -> dict[str, Any]:
    """Hidden fields carry a box that was not ticked as a word."""
    return {**request.POST.dict(), **{box: request.POST.get(box) in ("on", "True") for box in CHECKBOXES}}


def _total(form: GiftForm) -> int:
    terms = form.gift_terms()
    return terms.amount + terms.fee_cover


def _first_page(request: HttpRequest) -> HttpResponse:
    preset = preset_of(request, GivingSettings.load(), get_language() or "en")
    typed = typed_before(request, GivingSettings.load()) if "back" in request.GET else {}
    return _form_page(request, _form(request, initial={**preset.initial, **typed}), preset=preset)


def _form_page(request: HttpRequest, form: GiftForm, *, preset: Preset | None = None) -> HttpResponse:
    context = {
        "form": form,
        "notes": preset.notes if preset else [],
        "came_back": request.method == "GET" and "back" in request.GET,
    }
    return render(request, "membership/give.html", context, status=422 if form.errors else 200)


def _review_page(
    request: HttpRequest, form: GiftForm, *, trouble: bool = False, has_changed: bool = False, status: int = 200
) -> HttpResponse:
    terms = form.gift_terms()
    context = {
        "form": form,
        "terms": terms,
        "payer": form.payer_details(),
        "total": terms.amount + terms.fee_cover,
        "match": matching.promise(terms.campaign, terms.amount),
        "purpose": form.purposes[form.cleaned_data["purpose"]],
        "parts": receiptable(terms, donor_kind=form.cleaned_data["giver"], on=timezone.localdate()),
        "tribute": terms.tribute,
        "notice": _notice(form) if terms.tribute and terms.tribute.family_email else None,
        "trouble": trouble,
        "has_changed": has_changed,
    }
    return render(request, "membership/give_review.html", context, status=status)


def _notice(form: GiftForm) -> Wording:
    """The mail to the family before anything is paid or written down."""
    return notice_of(giving.unsaved_tribute(form.payer_details(), form.gift_terms()))


def _pay(request: HttpRequest, form: GiftForm) -> HttpResponse:
    if held_up := guard.stop(request, email=form.cleaned_data["email"]):
        return held_up
    try:
        payment = giving.begin(
            payer_details=form.payer_details(),
            gift_terms=form.gift_terms(),
            user=request.user,
            locale=get_language() or "auto",
        )
    except CheckoutUnavailable:
        # 503, so that monitoring sees it too; the visitor reads a sentence and has a button.
        return _review_page(request, form, trouble=True, status=503)
    except giving.NotOffered as problem:
        form.add_error(None, str(problem))
        return _form_page(request, form)
    except AlreadyPaid as paid:
        return to_result(str(paid))
    return to_checkout(request, payment)
