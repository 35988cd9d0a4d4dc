"""The team's queue: which applications wait, for how long, and how much they ask for. Who applied is not in it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.urls import URLPattern, path, reverse
from wagtail.admin.auth import require_admin_access
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, StatusTagColumn, TitleColumn
from wagtail.models import ModelLogEntry

from receipts.staff.columns import MoneyColumn
from receipts.staff.viewset import BooksIndexView, BooksInspectView, ReadOnlyViewSet
from receipts.templatetags.money import money
from training.bursaries.awards import free_in
from training.bursaries.staff.deciding import DecideView
from training.bursaries.staff.rows import age_of, asked_for, fee_of, state_of
from training.models import Application, BursarySettings

SHOWN_HISTORY = 50


class ApplicationFilterSet(WagtailFilterSet):
    state = django_filters.ChoiceFilter(choices=Application.State.choices, label="State")

    class Meta:
        model = Application
        fields: list[str] = []


class ApplicationIndexView(BooksIndexView):
    page_title = "Applications"

    def get_base_queryset(self) -> QuerySet[Application]:
        return Application.objects.select_related("enrolment__session__page", "award")


class ApplicationInspectView(BooksInspectView):
    page_title = "Application"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        application: Application = self.object
        history = ModelLogEntry.objects.for_instance(application).select_related("user")
        return {
            **super().get_context_data(**kwargs),
            "application": application,
            "enrolment": application.enrolment,
            "state": state_of(application),
            "fee": fee_of(application),
            "asked_for": asked_for(application),
            "age": age_of(application),
            "award": getattr(application, "award", None),
            "free": free_in_fund(application),
            "may_decide": self.request.user.has_perm("training.decide_application"),
            "history": history.order_by("-timestamp")[:SHOWN_HISTORY],
        }


def free_in_fund(application: Application) -> int | None:
    fund = BursarySettings.load().fund
    return free_in(fund, application.enrolment.currency) if fund else None


class ApplicationViewSet(ReadOnlyViewSet):
    model = Application
    name = "training_applications"
    icon = "group"
    menu_label = "Applications"
    index_view_class = ApplicationIndexView
    inspect_view_class = ApplicationInspectView
    inspect_template_name = "training/bursaries/staff/application.html"
    filterset_class = ApplicationFilterSet
    ordering = "submitted_at"
    actions = ("decide",)
    list_display = [
        TitleColumn("pk", label="Application", url_name="training_applications:inspect", accessor=str, sort_key="pk"),
        StatusTagColumn("state", label="State", accessor=state_of, primary=lambda one: one.is_open, sort_key="state"),
        Column("session", label="For", accessor=lambda one: str(one.enrolment.session)),
        Column("age", label="Waits", accessor=age_of, sort_key="submitted_at"),
        MoneyColumn("price", label="Price", accessor=lambda one: _money(one, fee_of(one))),
        MoneyColumn("asked_for", label="Asked for", accessor=lambda one: _money(one, asked_for(one))),
    ]

    def get_urlpatterns(self) -> list[URLPattern]:
        view = require_admin_access(DecideView.as_view())
        return [*super().get_urlpatterns(), path("decide/<int:pk>/", view, name="decide")]


def _money(application: Application, amount: int) -> str:
    return money(amount, application.enrolment.currency)


def reminders() -> Iterable[tuple[str, str, str, str]]:
    """Each application that waits for us, once for each time that it was sent."""
    for application in Application.objects.filter(state=Application.State.SUBMITTED).order_by("pk"):
        yield (
            f"application:{application.pk}:{application.version}",
            "training.decide_application",
            f"A place waits for a decision (number {application.pk}).",
            reverse("training_applications:inspect", args=[application.pk]),
        )
