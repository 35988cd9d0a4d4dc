"""What the small staff views have in common: who may, whose page it is, and how a form is answered."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from accounts.models import User
from receipts.models import Payer

UNPROCESSABLE = 422


class StaffAction(WagtailAdminTemplateMixin, TemplateView):
    """A page of whoever has `permission`."""

    permission = ""
    header_icon = "user"
    # The payer whose page leads here and is gone back to.
    payer: Payer

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perm(self.permission):
            raise PermissionDenied
        self.find(kwargs)
        return super().dispatch(request, *args, **kwargs)

    def find(self, named: dict[str, int]) -> None:
        """Look up what the address names, or raise Http404."""

    @property
    def colleague(self) -> User | None:
        """Who does it."""
        return self.request.user if self.request.user.is_authenticated else None

    def get_page_subtitle(self) -> str:
        return self.payer.name

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("payers:index"), "label": "Supporters"},
            {"url": reverse("payers:inspect", args=[self.payer.pk]), "label": self.payer.name},
            {"url": "", "label": self.page_title},
        ]

    def ask_again(self, form: forms.BaseForm) -> HttpResponse:
        """The form with what was typed and what is wrong with it."""
        return self.render_to_response(self.get_context_data(form=form), status=UNPROCESSABLE)

    def done(self, anchor: str = "") -> HttpResponse:
        return redirect(reverse("payers:inspect", args=[self.payer.pk]) + anchor)


class ListedAction(StaffAction):
    """A page that belongs to a listing: ``came_from`` is its address's name and its title."""

    came_from = ("", "")
    header_icon = "form"

    def get_page_subtitle(self) -> str:
        return ""

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        address, title = self.came_from
        return [
            *self.breadcrumbs_items,
            {"url": reverse(address), "label": title},
            {"url": "", "label": self.page_title},
        ]
