"""What staff do with a consent beside writing it down: review, withdraw, look who gave it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from pages.consent import Changed, OwnRecord, review, see_person, uses, withdraw
from pages.consent_staff.forms import LookForm, WithdrawForm
from pages.models import Consent
from pages.models.consents import Channel
from pages.sealing import NoKeyFits

UNPROCESSABLE = 422


class ConsentAction(WagtailAdminTemplateMixin, TemplateView):
    permission = ""
    header_icon = "user"
    consent: Consent

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perm(self.permission):
            raise PermissionDenied
        self.consent = get_object_or_404(Consent, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"consent": self.consent, **kwargs})

    def get_page_subtitle(self) -> str:
        return str(self.consent)

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("consents:index"), "label": "Consents"},
            {"url": reverse("consents:inspect", args=[self.consent.pk]), "label": self.consent.alias},
            {"url": "", "label": self.page_title},
        ]

    def ask_again(self, form: forms.Form) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=UNPROCESSABLE)

    def back(self) -> HttpResponse:
        return redirect("consents:inspect", self.consent.pk)


class ReviewView(ConsentAction):
    permission = "pages.review_consent"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        version = request.POST.get("version", "")
        try:
            if not (version.isascii() and version.isdigit() and len(version) < 10):
                raise Changed
            review(self.consent, version=int(version), by=request.user)
            messages.success(request, "Reviewed. What it covers may be shown from now on.")
        except OwnRecord:
            messages.error(request, "You recorded or changed this yourself: a colleague must review it.")
        except Changed:
            messages.error(request, "This was changed, reviewed or withdrawn meanwhile. Please read it again.")
        return self.back()


class WithdrawView(ConsentAction):
    permission = "pages.withdraw_consent"
    template_name = "pages/staff/consent_withdraw.html"
    page_title = "Withdraw"
    header_icon = "cross"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        recall = [one for one in self.consent.channels if one in (Channel.PRINT, Channel.SOCIAL)]
        context = {"form": WithdrawForm(), "uses": uses(self.consent), "cannot_be_recalled": recall, **kwargs}
        return super().get_context_data(**context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = WithdrawForm(request.POST)
        if not form.is_valid():
            return self.ask_again(form)
        withdraw(self.consent, reason=form.cleaned_data["reason"], by=request.user)
        messages.success(request, "Withdrawn. Nothing of it is shown any more, and its pictures are deleted.")
        return self.back()


class LookView(ConsentAction):
    """Who gave it: shown in the answer to a form, so that no address and no history holds it."""

    permission = "pages.see_consent_person"
    template_name = "pages/staff/consent_person.html"
    page_title = "Who gave it"
    header_icon = "view"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"form": LookForm(), **kwargs})

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = LookForm(request.POST)
        if not form.is_valid():
            return self.ask_again(form)
        try:
            person = see_person(self.consent, by=request.user, why=form.cleaned_data["why"])
        except NoKeyFits:
            form.add_error(None, "It was sealed with a key that this site does not have any more (CONSENT_KEYS).")
            return self.ask_again(form)
        return self.render_to_response(self.get_context_data(form=None, person=person))
