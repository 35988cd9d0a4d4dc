"""Payments: the listing and one payment with all that is known of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.urls import URLPattern, path, reverse
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.widgets.button import HeaderButton

from payments.models import Payment, Refund
from payments.staff.columns import StatusColumn
from payments.staff.details import details_of
from payments.staff.exporting import HEADER, export_rows
from payments.staff.filters import PaymentFilterSet
from payments.staff.refunds import RefundView
from payments.staff.rows import how_often, listed_payments, streams_of
from payments.staff.searching import search_payments
from payments.staff.viewset import StaffViewSet
from receipts.exports import Cell
from receipts.staff.columns import MomentColumn, MoneyColumn
from receipts.staff.exporting import ExportedIndexView
from receipts.staff.viewset import BooksInspectView

WANTED = frozenset({Payment.Status.PARKED, Payment.Status.PROCESSING})


class PaymentIndexView(ExportedIndexView):
    is_searchable = True
    page_title = "Payments"
    export_name, export_header = "payments", HEADER

    def get_base_queryset(self) -> QuerySet[Payment]:
        return listed_payments()

    def search_queryset(self, queryset: QuerySet[Payment]) -> QuerySet[Payment]:
        return search_payments(queryset, self.search_query) if self.is_searching else queryset

    def export_rows(self, rows: QuerySet[Payment]) -> Iterator[tuple[Cell, ...]]:
        return export_rows(rows)


class PaymentInspectView(BooksInspectView):
    template_name = "payments/staff/payment.html"
    page_title = "Payment"

    @property
    def header_buttons(self) -> list[HeaderButton]:
        if not self.user_has_permission("refund") or not may_be_refunded(self.object):
            return []
        return [HeaderButton("Refund", url=reverse("payments:refund", args=[self.object.pk]), icon_name="resubmit")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {
            **context,
            **details_of(self.object),
            "how_often": how_often(self.object),
            "may_download": self.request.user.has_perm("receipts.download_receipt"),
            "may_download_invoices": self.request.user.has_perm("receipts.download_invoice"),
        }


def may_be_refunded(payment: Payment) -> bool:
    """Whether there is something left to give back, or a request that never reached Stripe."""
    waiting = payment.refunds.filter(status=Refund.Status.REQUESTED).exists()
    return waiting or (payment.payment_intent_id is not None and payment.refundable_amount > 0)


class PaymentViewSet(StaffViewSet):
    model = Payment
    name = "payments"
    icon = "form"
    menu_label = "Payments"
    index_view_class = PaymentIndexView
    inspect_view_class = PaymentInspectView
    inspect_template_name = "payments/staff/payment.html"
    filterset_class = PaymentFilterSet
    ordering = "-created_at"
    actions = ("refund", "export")
    list_display = [
        TitleColumn("payer", accessor="payer.name", url_name="payments:inspect", sort_key="payer__name"),
        Column("for", accessor=streams_of),
        MoneyColumn("amount", sort_key="amount"),
        Column("how_often", accessor=how_often),
        MoneyColumn("went_back", label="Given back", accessor=lambda row: row.went_back or ""),
        StatusColumn(wanted=WANTED),
        Column("has_issue", label="Issue", accessor=lambda row: "Open" if row.has_issue else ""),
        MomentColumn("created_at", label="Started", sort_key="created_at"),
        MomentColumn("paid_at", label="Paid", sort_key="paid_at"),
    ]

    @property
    def refund_view(self) -> Any:
        return self.construct_view(RefundView)

    def get_urlpatterns(self) -> list[URLPattern]:
        return [*super().get_urlpatterns(), path("refund/<int:pk>/", self.refund_view, name="refund")]
