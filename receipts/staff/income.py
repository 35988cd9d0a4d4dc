"""Income by stream and month: table, chart and exports of the same rows."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.generic import TemplateView
from wagtail.admin.auth import require_admin_access
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet

from receipts.exports import Row, csv_response, xlsx_response
from receipts.money import major
from receipts.months import month_of, months, next_month
from receipts.reports.charts import income_chart, month_label
from receipts.reports.income import IncomeRow, income_by_stream_and_month
from receipts.reports.tables import income_tables

HEADER = ("Month", "Stream", "Currency", "Amount")
LONGEST = 240


class MonthField(forms.CharField):
    """A month as browsers send it ("2026-11"), as the books keep it inside (202611)."""

    widget = forms.TextInput(attrs={"type": "month", "pattern": "[0-9]{4}-[0-9]{2}", "placeholder": "2026-11"})

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return text
        try:
            return month_of(datetime.strptime(text, "%Y-%m").date())
        except ValueError as error:
            raise forms.ValidationError("Enter a month as year and month, such as 2026-11.") from error

    def prepare_value(self, value: Any) -> Any:
        return month_label(value) if isinstance(value, int) else value


FIRST_YEAR, LAST_YEAR = 1990, 2100


class PeriodForm(forms.Form):
    first = MonthField(label="From")
    last = MonthField(label="To")
    basis = forms.ChoiceField(choices=[("cash", "When paid"), ("accrual", "When earned")], label="Counted")
    as_of = forms.DateField(
        required=False, label="As known on", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        first, last, as_of = cleaned.get("first"), cleaned.get("last"), cleaned.get("as_of")
        years = {"first": first and first // 100, "last": last and last // 100, "as_of": as_of and as_of.year}
        for name, year in years.items():
            if year and not FIRST_YEAR <= year <= LAST_YEAR:
                self.add_error(name, f"Choose a year from {FIRST_YEAR} to {LAST_YEAR}.")
        if first and last and first > last:
            self.add_error("last", "The last month lies before the first.")
        elif first and last and len(list(months(first, last))) >= LONGEST:
            self.add_error("last", f"Choose at most {LONGEST} months.")
        return cleaned


def last_twelve_months() -> dict[str, Any]:
    now = month_of(timezone.now())
    return {"first": next_month(now - 100), "last": now, "basis": "cash", "as_of": None}


def presets() -> list[tuple[str, dict[str, str]]]:
    """Periods that are asked for every day."""
    year = month_of(timezone.now()) // 100
    return [
        ("Last 12 months", {}),
        (f"{year}", {"first": f"{year}-01", "last": f"{year}-12", "basis": "cash"}),
        (f"{year - 1}", {"first": f"{year - 1}-01", "last": f"{year - 1}-12", "basis": "cash"}),
    ]


def end_of(day: Any) -> datetime | None:
    """The last moment of a day where the organisation is."""
    return datetime.combine(day, time.max, tzinfo=ZoneInfo(settings.TIME_ZONE)) if day else None


class IncomeView(WagtailAdminTemplateMixin, TemplateView):
    template_name = "receipts/staff/income.html"
    page_title = "Income by stream and month"
    header_icon = "calendar-check"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.has_perm("receipts.view_entry"):
            raise PermissionDenied
        asked = any(name in request.GET for name in PeriodForm.base_fields)
        values = {**PeriodForm(initial=last_twelve_months()).initial}
        texts = {"first": month_label(values["first"]), "last": month_label(values["last"]), "basis": "cash"}
        self.form = PeriodForm({**texts, **request.GET.dict()} if asked else texts)
        if not self.form.is_valid():
            self.period, self.rows = values, []
            return super().get(request, *args, **kwargs)
        self.period = self.form.cleaned_data
        self.rows = rows_of(self.period)
        write = {"csv": csv_response, "xlsx": xlsx_response}.get(request.GET.get("export", ""))
        return write(file_name(self.period), HEADER, export_rows(self.rows)) if write else super().get(request)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        start, end = self.period["first"], next_month(self.period["last"])
        tables = income_tables(self.rows, start_month=start, end_month=end)
        return {
            **context,
            "form": self.form,
            "presets": presets(),
            "tables": [printed(table) for table in tables],
            "query": export_query(self.request),
        }


def rows_of(period: dict[str, Any]) -> list[IncomeRow]:
    return income_by_stream_and_month(
        start_month=period["first"],
        end_month=next_month(period["last"]),
        as_of=end_of(period.get("as_of")),
        basis=period["basis"],
    )


def printed(table: Any) -> dict[str, Any]:
    """A table with its sums and its chart, ready to be laid out."""
    return {
        "currency": table.currency,
        "streams": [stream.label for stream in table.streams],
        "rows": [
            (month_label(month), [table.amount(month, stream) for stream in table.streams], table.of_month(month))
            for month in table.months
        ],
        "sums": [table.of_stream(stream) for stream in table.streams],
        "total": table.total,
        "chart": income_chart(table),
    }


def export_rows(rows: list[IncomeRow]) -> list[Row]:
    return [(month_label(row.month), row.label, row.currency, major(row.amount, row.currency)) for row in rows]


def export_query(request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop("export", None)
    return f"{query.urlencode()}&" if query else ""


def file_name(period: dict[str, Any]) -> str:
    as_of = f"-as-of-{period['as_of']:%Y-%m-%d}" if period.get("as_of") else ""
    return f"income-{month_label(period['first'])}-to-{month_label(period['last'])}-{period['basis']}{as_of}"


class ReportMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("receipts.view_entry"))


class IncomeReport(ViewSet):
    name = "income_report"
    icon = "calendar-check"
    menu_label = "Income report"
    menu_item_class = ReportMenuItem

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("", require_admin_access(IncomeView.as_view()), name="index")]
