"""Staff screens of the recurring revenue: what each month did to it, and the log it is added up from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.timezone import localtime
from django.views.generic import TemplateView
from wagtail.admin.auth import require_admin_access
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet

from membership import revenue
from membership.models import Movement
from membership.movement_words import reason_of
from receipts.exports import Cell, csv_response, xlsx_response
from receipts.money import major
from receipts.months import month_of
from receipts.reports.charts import month_label
from receipts.staff.columns import MomentColumn, MoneyColumn
from receipts.staff.exporting import ExportedIndexView
from receipts.staff.viewset import ReadOnlyViewSet

Kind = Movement.Kind
# What moves the revenue, in the order of the table's columns.
MOVES = (Kind.NEW, Kind.RETURNED, Kind.UPGRADE, Kind.RESUME, Kind.KEPT, Kind.DOWNGRADE, Kind.PAUSE, Kind.LOSS)
YEARS_SHOWN = 2
HEADER = ("Month", "Currency", "At the start", *(str(kind.label) for kind in MOVES), "At the end", "Recovered payments")


def a_month(yearly: int) -> int:
    """A twelfth of a yearly amount, rounded to the nearest minor unit: for people; sums are made of yearly ones."""
    sign = -1 if yearly < 0 else 1
    return sign * ((abs(yearly) + 6) // 12)


def shown(months: dict[str, list[revenue.Month]]) -> list[dict[str, Any]]:
    """Tables as the template prints them, newest month first."""
    return [
        {
            "currency": currency,
            "rows": [_row(month) for month in reversed(rows)],
            "now": a_month(rows[-1].end),
            "a_year_ago": a_month(rows[-13].end) if len(rows) > 12 else None,
        }
        for currency, rows in months.items()
    ]


def _row(month: revenue.Month) -> dict[str, Any]:
    return {
        "label": month_label(month.month),
        "start": a_month(month.start),
        "moves": [(a_month(month.changes[kind]), month.counts[kind]) for kind in MOVES],
        "end": a_month(month.end),
        "recovered": month.recovered,
    }


def export_rows(months: dict[str, list[revenue.Month]]) -> Iterator[tuple[Cell, ...]]:
    for currency, rows in months.items():
        for month in rows:
            amounts = (month.start, *(month.changes[kind] for kind in MOVES), month.end)
            start, *moves, end = (major(a_month(amount), currency) for amount in amounts)
            yield (month_label(month.month), currency, start, *moves, end, month.recovered)


class RevenueView(WagtailAdminTemplateMixin, TemplateView):
    template_name = "membership/staff/revenue.html"
    page_title = "Recurring revenue"
    header_icon = "rotate"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.has_perm("membership.view_movement"):
            raise PermissionDenied
        last = month_of(timezone.now())
        self.months = revenue.by_month(last - 100 * YEARS_SHOWN, last)
        write = {"csv": csv_response, "xlsx": xlsx_response}.get(request.GET.get("export", ""))
        if write:
            return write("recurring-revenue", HEADER, export_rows(self.months))
        return super().get(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "tables": shown(self.months),
            "moves": [kind.label for kind in MOVES],
            "problems": list(revenue.problems()),
        }


class RevenueReport(ViewSet):
    name = "recurring_revenue"
    icon = "rotate"
    menu_label = "Recurring revenue"

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("", require_admin_access(RevenueView.as_view()), name="index")]

    def get_menu_item(self, order: int | None = None) -> MenuItem:
        return RevenueMenuItem(
            self.menu_label, self.menu_url, name=self.menu_name, icon_name=self.menu_icon, order=order
        )


class RevenueMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("membership.view_movement"))


class MovementFilterSet(WagtailFilterSet):
    kind = django_filters.MultipleChoiceFilter(
        choices=Kind.choices, label="What happened", widget=forms.CheckboxSelectMultiple
    )
    at = django_filters.DateFromToRangeFilter(label="When", widget=DateRangePickerWidget)

    class Meta:
        model = Movement
        fields: list[str] = []


class MovementIndexView(ExportedIndexView):
    looks_in = ("payer__name", "payer__email", "reason")
    page_title = "Movements"
    export_name = "movements"
    export_header = ("When", "What happened", "Reason", "Supporter", "Change a year", "Afterwards a year", "Currency")

    def get_base_queryset(self) -> QuerySet[Movement]:
        return Movement.objects.select_related("payer").order_by("-at", "-pk")

    def export_rows(self, rows: QuerySet[Movement]) -> Iterator[tuple[Cell, ...]]:
        return (movement_row(one) for one in rows.iterator(chunk_size=1000))


def movement_row(movement: Movement) -> tuple[Cell, ...]:
    return (
        localtime(movement.at),
        movement.get_kind_display(),
        reason_of(movement),
        movement.payer.name,
        major(movement.change, movement.currency),
        major(movement.after, movement.currency),
        movement.currency,
    )


def payer_url(movement: Movement) -> str:
    return reverse("payers:inspect", args=[movement.payer_id])


class MovementViewSet(ReadOnlyViewSet):
    model = Movement
    name = "movements"
    icon = "history"
    menu_label = "Movements"
    inspect_view_enabled = False
    index_view_class = MovementIndexView
    filterset_class = MovementFilterSet
    actions = ("export",)
    ordering = "-at"
    list_display = [
        MomentColumn("at", label="When", sort_key="at"),
        Column("kind", label="What happened", accessor="get_kind_display"),
        Column("reason", accessor=reason_of),
        TitleColumn("payer", label="Supporter", accessor="payer.name", get_url=payer_url),
        MoneyColumn("change", label="Change a year"),
        MoneyColumn("after", label="Afterwards a year"),
    ]

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
        ]
