"""Invoices and credit notes: the listing with its export, and one document with what corrects it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import django_filters
from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponseBase
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.widgets.button import HeaderButton

from receipts.exports import Cell, csv_response, xlsx_response
from receipts.invoices.documents import invoice_context
from receipts.models import Invoice
from receipts.models.invoices import InvoiceKind
from receipts.money import major
from receipts.staff.columns import DayColumn, MoneyColumn
from receipts.staff.viewset import BooksIndexView, BooksInspectView, ReadOnlyViewSet

ROWS_AT_ONCE = 1_000
HEADER = (
    "Number", "Kind", "Issued", "Corrects", "Name", "Before tax", "Tax", "Total", "Currency", "Booked as",
)  # fmt: skip


class InvoiceFilterSet(WagtailFilterSet):
    kind = django_filters.ChoiceFilter(choices=InvoiceKind.choices, label="Kind")
    issued_on = django_filters.DateFromToRangeFilter(label="Issued", widget=DateRangePickerWidget)
    currency = django_filters.AllValuesFilter(label="Currency")

    class Meta:
        model = Invoice
        fields: list[str] = []


def export_rows(invoices: QuerySet[Any]) -> Iterator[tuple[Cell, ...]]:
    """What is filtered, with the name as it was printed."""
    rows = invoices.annotate(corrected=F("corrects__label"), buyer=F("snapshot__buyer__name"))
    for row in rows.select_related("transaction").iterator(chunk_size=ROWS_AT_ONCE):
        yield (
            row.label, row.get_kind_display(), row.issued_on, row.corrected, row.buyer, major(row.net, row.currency),
            major(row.tax, row.currency), major(row.amount, row.currency), row.currency, row.transaction.reference,
        )  # fmt: skip


class InvoiceIndexView(BooksIndexView):
    """Wagtail's export buttons, with the guarded writer behind them, for whoever may export."""

    looks_in = ("label", "payer__name", "payer__email")
    page_title = "Invoices"

    def get_base_queryset(self) -> QuerySet[Invoice]:
        listed = Invoice.objects.select_related("payer", "corrects").defer("snapshot", "corrects__snapshot")
        return listed.order_by("-created_at", "-pk")

    @property
    def list_export(self) -> list[str]:
        # Wagtail shows the buttons where this names something; the columns are HEADER's.
        return ["label"] if self.request.user.has_perm("receipts.export_invoice") else []

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.is_export:
            response: HttpResponseBase = super().get(request, *args, **kwargs)
            return response
        if not self.list_export:
            raise PermissionDenied
        write = csv_response if request.GET["export"] == self.FORMAT_CSV else xlsx_response
        return write("invoices", HEADER, export_rows(self.get_queryset()))


class InvoiceInspectView(BooksInspectView):
    page_title = "Invoice"

    @property
    def header_buttons(self) -> list[HeaderButton]:
        if not self.request.user.has_perm("receipts.download_invoice"):
            return []
        return [HeaderButton("Download", url=self.object.get_absolute_url(), icon_name="download")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        corrections = self.object.corrections.order_by("pk")
        return {**context, **invoice_context(self.object), "corrections": corrections}


class InvoiceViewSet(ReadOnlyViewSet):
    model = Invoice
    name = "invoices"
    icon = "doc-full"
    menu_label = "Invoices"
    index_view_class = InvoiceIndexView
    inspect_view_class = InvoiceInspectView
    inspect_template_name = "receipts/staff/invoice.html"
    filterset_class = InvoiceFilterSet
    actions = ("download", "export")
    list_display = [
        TitleColumn("label", label="Number", url_name="invoices:inspect", sort_key="label"),
        Column("kind", accessor="get_kind_display", sort_key="kind"),
        Column("payer", accessor="payer.name"),
        DayColumn("issued_on", label="Issued", sort_key="issued_on"),
        MoneyColumn("net", label="Before tax", sort_key="net"),
        MoneyColumn("tax", sort_key="tax"),
        MoneyColumn("amount", label="Total"),
        Column("corrects", accessor=lambda row: row.corrects or ""),
    ]
