"""Mails on their way: of what kind, in what state, since when. Never what they say: some hold a code to sign in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import django_filters
from django import forms
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, StatusTagColumn
from wagtail.admin.views import generic
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.log_actions import log

from accounts import tasks
from accounts.delivery import send_again
from accounts.mail_kinds import hidden_keys, kind_of, kinds
from accounts.models import OutgoingMail, User

SEE_ADDRESSES = "accounts.view_mail_address"
RESEND = "accounts.resend_outgoingmail"
State = OutgoingMail.State


def masked(address: str) -> str:
    return f"{address[:1]}•••@•••"


def label_of(mail: OutgoingMail) -> str:
    kind = kind_of(mail.kind)
    return kind.label if kind else mail.kind.replace("_", " ").split("/")[-1].capitalize() or "Other"


def waits_until(mail: OutgoingMail) -> datetime | None:
    return mail.due_at if mail.state == State.WAITING else None


class AddressColumn(Column):
    def get_cell_context_data(self, instance: OutgoingMail, parent_context: Any) -> dict[str, Any]:
        may_see = parent_context["request"].user.has_perm(SEE_ADDRESSES)
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        return {**context, "value": instance.to if may_see else masked(instance.to)}


class MomentColumn(Column):
    """A date and time in the organisation's zone, to the minute."""

    def __init__(self, name: str, **kwargs: Any) -> None:
        super().__init__(name, classname="mails-moment", **kwargs)

    def get_value(self, instance: OutgoingMail) -> str:
        moment = super().get_value(instance)
        return date_format(localtime(moment), "j M Y, H:i") if moment else ""


class ResendColumn(Column):
    cell_template_name = "accounts/staff/resend_cell.html"

    def get_value(self, instance: OutgoingMail) -> str:
        return reverse("outbox:resend", args=[instance.pk]) if instance.state == State.FAILED else ""

    def get_cell_context_data(self, instance: OutgoingMail, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        return context if parent_context["request"].user.has_perm(RESEND) else {**context, "value": ""}


class OutboxFilterSet(WagtailFilterSet):
    state = django_filters.MultipleChoiceFilter(choices=State.choices, widget=forms.CheckboxSelectMultiple)
    kind = django_filters.MultipleChoiceFilter(
        choices=lambda: [(kind.key, kind.label) for kind in kinds()], widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = OutgoingMail
        fields: list[str] = []


class OutboxIndexView(generic.IndexView):
    any_permission_required = ["view"]
    page_title = "Outgoing mail"

    @property
    def is_searchable(self) -> bool:
        return bool(self.request.user.has_perm(SEE_ADDRESSES))

    def get_base_queryset(self) -> QuerySet[OutgoingMail]:
        shown: QuerySet[OutgoingMail] = super().get_base_queryset()
        return shown.exclude(kind__in=hidden_keys(self.request.user))

    def search_queryset(self, queryset: QuerySet[OutgoingMail]) -> QuerySet[OutgoingMail]:
        """By the whole address: a part would find people whom nobody asked about."""
        address = (self.search_query or "").replace("\x00", "").strip()[:254]
        return queryset.filter(to__iexact=address) if address else queryset


class ResendView(WagtailAdminTemplateMixin, TemplateView):
    template_name = "accounts/staff/resend.html"
    page_title = "Send again"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perm(RESEND):
            raise PermissionDenied
        shown = OutgoingMail.objects.exclude(kind__in=hidden_keys(request.user))
        self.mail = get_object_or_404(shown, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        outbox = {"url": reverse("outbox:index"), "label": "Outgoing mail"}
        return [*self.breadcrumbs_items, outbox, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        to = self.mail.to if self.request.user.has_perm(SEE_ADDRESSES) else masked(self.mail.to)
        return super().get_context_data(**kwargs, mail=self.mail, to=to, label=label_of(self.mail))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        assert isinstance(request.user, User)  # noqa: S101 — the permission was asked for
        if send_again(self.mail):
            log(self.mail, "accounts.resend_mail", user=request.user)
            tasks.deliver.enqueue(self.mail.pk)
            messages.success(request, "It is on its way again.")
        else:
            messages.warning(request, "It needs no sending again: it is not among those that were given up.")
        return redirect("outbox:index")


class OutboxViewSet(ModelViewSet):
    model = OutgoingMail
    name = "outbox"
    icon = "mail"
    menu_label = "Outgoing mail"
    menu_name = "outbox"
    add_to_settings_menu = True
    index_view_class = OutboxIndexView
    filterset_class = OutboxFilterSet
    copy_view_enabled = False
    add_to_reference_index = False
    list_per_page = 50
    ordering = "-created_at"
    list_display = [
        Column("kind", label="Mail", accessor=label_of),
        AddressColumn("to", label="To"),
        StatusTagColumn(
            "state", accessor="get_state_display", primary=lambda mail: mail.state == State.FAILED, sort_key="state"
        ),
        ResendColumn("resend", label=""),
        MomentColumn("created_at", label="Written", sort_key="created_at"),
        MomentColumn("waits_until", label="Waits until", accessor=waits_until),
        MomentColumn("sent_at", label="Sent", sort_key="sent_at"),
        Column("last_error", label="What went wrong"),
    ]

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Nothing is written, changed or deleted by hand."""
        nowhere = {f"{view}_url_name": None for view in ("add", "edit", "delete", "copy", "history", "usage")}
        common: dict[str, Any] = super().get_common_view_kwargs(**{**nowhere, **kwargs})
        return common

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("resend/<int:pk>/", ResendView.as_view(), name="resend"),
        ]

    def register_admin_url_finder(self) -> None:
        """Nothing is edited here, so there is no address to edit it at."""

    def get_permissions_to_register(self) -> QuerySet[Permission]:
        return Permission.objects.none()
