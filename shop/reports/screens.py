"""The shop's reports as staff see and export them. One function gives the rows to the table, the bars and the files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import URLPattern, path
from wagtail.admin.auth import require_admin_access
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet

from receipts.exports import Row
from receipts.money import major
from receipts.months import next_month
from receipts.reports.charts import month_label
from receipts.staff.income import PeriodForm, end_of, last_twelve_months
from receipts.staff.report import WRITERS, ReportView
from shop.reports.bars import bars_of, legend
from shop.reports.figures import Period
from shop.reports.sales import DIMENSIONS, SalesReport, sales_reports
from shop.reports.stock_value import StockReport, stock_value

PERMISSION = "shop.view_shopreport"
STOCK_HEADER = ("SKU", "Product", "Variant", "In stock", "Maker pay each", "Materials each", "Value", "Currency")


class SalesForm(PeriodForm):
    basis = None  # type: ignore[assignment]
    by = forms.ChoiceField(choices=list(DIMENSIONS.items()), label="By")

    field_order = ("by", "first", "last", "as_of")


class StockForm(forms.Form):
    as_of = forms.DateField(
        required=False, label="As it was on", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class SalesView(ReportView):
    permission = PERMISSION
    template_name = "shop/staff/sales.html"
    page_title = "Sales of the shop"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        usual = last_twelve_months()
        texts = {"first": month_label(usual["first"]), "last": month_label(usual["last"]), "by": "product"}
        self.form = SalesForm({**texts, **request.GET.dict()})
        self.reports = self.asked(self.form.cleaned_data) if self.form.is_valid() else []
        write = WRITERS.get(request.GET.get("export", "")) if self.form.is_valid() else None
        if write is None:
            return super().get(request, *args, **kwargs)
        by = self.form.cleaned_data["by"]
        return write(file_name(self.form.cleaned_data), header(by), export_rows(self.reports))

    def asked(self, wanted: dict[str, Any]) -> list[SalesReport]:
        period = Period(start=wanted["first"], end=next_month(wanted["last"]), as_of=end_of(wanted.get("as_of")))
        return sales_reports(wanted["by"], period)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = [(report, bars_of(report)) for report in self.reports]
        return super().get_context_data(shown=shown, legend=legend(), **kwargs)


def header(by: str) -> tuple[str, ...]:
    return (
        DIMENSIONS[by], "Units", "Sales", "Maker pay", "Materials", "Stripe fees", "What is left", "Maker pay in %",
        "Paid for sending", "Currency",
    )  # fmt: skip


def export_rows(reports: list[SalesReport]) -> Iterator[Row]:
    for report in reports:
        for row in report.rows:
            amounts = (row.sales, row.maker_pay, row.materials, row.fees, row.margin)
            share = "" if row.maker_share is None else f"{row.maker_share // 10}.{row.maker_share % 10}"
            money = [major(one, report.currency) for one in amounts]
            yield (row.label, row.units, *money, share, major(row.sending, report.currency), report.currency)


def file_name(wanted: dict[str, Any]) -> str:
    as_of = f"-as-of-{wanted['as_of']:%Y-%m-%d}" if wanted.get("as_of") else ""
    return f"sales-by-{wanted['by']}-{month_label(wanted['first'])}-to-{month_label(wanted['last'])}{as_of}"


class StockView(ReportView):
    permission = PERMISSION
    template_name = "shop/staff/stock_value.html"
    page_title = "Value of the stock"
    report: StockReport | None = None

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.form = StockForm(request.GET)
        if not self.form.is_valid():
            return super().get(request, *args, **kwargs)
        day = self.form.cleaned_data["as_of"]
        self.report = stock_value(end_of(day))
        write = WRITERS.get(request.GET.get("export", ""))
        if write is None:
            return super().get(request, *args, **kwargs)
        return write(f"stock-{day:%Y-%m-%d}" if day else "stock", STOCK_HEADER, stock_rows(self.report))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(report=self.report, **kwargs)


def stock_rows(report: StockReport) -> Iterator[Row]:
    for row in report.rows:
        costs = (major(one, report.currency) for one in (row.maker_pay, row.materials, row.value))
        yield (row.sku, row.product, row.variant, row.on_hand, *costs, report.currency)


class ReportMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(PERMISSION))


class ShopReports(ViewSet):
    name = "shop_reports"
    icon = "calendar-check"
    menu_label = "Sales report"
    menu_item_class = ReportMenuItem

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", require_admin_access(SalesView.as_view()), name="index"),
            path("stock/", require_admin_access(StockView.as_view()), name="stock"),
        ]
