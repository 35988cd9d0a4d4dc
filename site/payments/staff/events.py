"""Stripe's events: what arrived, what became of it, and another try for what could not be worked off."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic.base import BaseOperationView, WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.widgets.button import HeaderButton
from wagtail.log_actions import log

from payments.issues import close_issue
from payments.models import Event
from payments.staff.columns import StatusColumn
from payments.staff.filters import EventFilterSet
from payments.staff.searching import STRIPE_ID, payments_of
from payments.staff.viewset import StaffViewSet
from receipts.staff.columns import MomentColumn
from receipts.staff.viewset import BooksIndexView, BooksInspectView

WANTED = frozenset({Event.Status.PARKED})


def try_again(event: Event, by: AbstractBaseUser) -> None:
    """Back into the queue. If it fails for good again, it opens its issue anew."""
    event.retry()
    close_issue("event_parked", event.event_id)
    log(event, "payments.retry", user=by)


class EventIndexView(BooksIndexView):
    is_searchable = True
    page_title = "Stripe’s events"

    @property
    def header_buttons(self) -> list[HeaderButton]:
        parked = Event.objects.filter(status=Event.Status.PARKED).count()
        if not parked or not self.user_has_permission("change"):
            return []
        return [HeaderButton(f"Try {parked} again", url=reverse("stripe_events:retry_parked"), icon_name="rotate")]

    def search_queryset(self, queryset: QuerySet[Event]) -> QuerySet[Event]:
        text = self.search_query.strip()
        if not text:
            return queryset
        if STRIPE_ID.fullmatch(text):
            return queryset.filter(Q(event_id=text) | Q(object_id=text))
        return queryset.filter(type__icontains=text)


class EventInspectView(BooksInspectView):
    template_name = "payments/staff/event.html"
    page_title = "Event"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may_retry = self.user_has_permission("change") and self.object.status != Event.Status.DONE
        return {
            **super().get_context_data(**kwargs),
            "event": self.object,
            "payments": payments_of(self.object)[:20] if self.request.user.has_perm("payments.view_payment") else [],
            "may_retry": may_retry,
        }


class RetryView(PermissionCheckedMixin, BaseOperationView):
    permission_required = "change"
    any_permission_required = ["view"]
    success_url_name = "stripe_events:inspect"
    success_message = "The event is back in the queue; the worker takes it in a moment."

    def perform_operation(self) -> None:
        try_again(self.object, self.request.user)


class RetryParkedView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """Every parked event at once, after a second look: what stopped them is often one and the same."""

    model = Event
    permission_required = "change"
    any_permission_required = ["view"]
    template_name = "payments/staff/retry_parked.html"
    page_title = "Try parked events again"

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("stripe_events:index"), "label": "Stripe’s events"},
            {"url": "", "label": self.page_title},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        parked = Event.objects.filter(status=Event.Status.PARKED).order_by("created")
        return super().get_context_data(**{"parked": parked[:50], "parked_count": parked.count(), **kwargs})

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        parked = list(Event.objects.filter(status=Event.Status.PARKED).order_by("created"))
        for event in parked:
            try_again(event, request.user)  # type: ignore[arg-type]
        messages.success(request, f"{len(parked)} events are back in the queue.")
        return redirect("stripe_events:index")


class EventViewSet(StaffViewSet):
    model = Event
    name = "stripe_events"
    icon = "download"
    menu_label = "Events"
    index_view_class = EventIndexView
    inspect_view_class = EventInspectView
    inspect_template_name = "payments/staff/event.html"
    filterset_class = EventFilterSet
    ordering = "-created"
    actions = ("change",)
    list_display = [
        TitleColumn("type", url_name="stripe_events:inspect", sort_key="type"),
        Column("object_id", label="Object"),
        StatusColumn(wanted=WANTED),
        Column("attempts"),
        MomentColumn("created", label="Created", sort_key="created"),
        MomentColumn("received_at", label="Received"),
        Column("error", accessor=lambda event: event.error[:80]),
    ]

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            *super().get_urlpatterns(),
            path("retry/<int:pk>/", self.construct_view(RetryView), name="retry"),
            path("retry-parked/", self.construct_view(RetryParkedView), name="retry_parked"),
        ]
