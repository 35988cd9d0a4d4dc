"""Transactions: read only. What is wrong in the books is reversed, not edited."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.html import format_html_join
from wagtail import hooks
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn

from receipts.chart import Account
from receipts.models import Entry, Transaction
from receipts.reports.charts import month_label
from receipts.staff.columns import MomentColumn, MonthColumn
from receipts.staff.viewset import BooksIndexView, BooksInspectView, ReadOnlyViewSet
from receipts.templatetags.money import money


class TransactionFilterSet(WagtailFilterSet):
    occurred_at = django_filters.DateFromToRangeFilter(label="Happened", widget=DateRangePickerWidget)
    account = django_filters.ChoiceFilter(choices=Account.choices, label="Account", method="filter_account")

    class Meta:
        model = Transaction
        fields: list[str] = []

    def filter_account(self, rows: QuerySet[Transaction], name: str, account: str) -> QuerySet[Transaction]:
        entries = Entry.objects.filter(transaction=OuterRef("pk"))
        return rows.filter(Exists(entries.filter(Q(debit=account) | Q(credit=account))))


class TransactionIndexView(BooksIndexView):
    looks_in = ("reference", "payer__name")
    page_title = "Transactions"

    def get_base_queryset(self) -> QuerySet[Transaction]:
        return Transaction.objects.select_related("payer").prefetch_related("entries").order_by("-occurred_at", "-pk")


class TransactionInspectView(BooksInspectView):
    page_title = "Transaction"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {
            **context,
            "transaction": self.object,
            "month": month_label(self.object.month),
            "entries": self.object.entries.select_related("fund", "corrects__transaction").order_by("pk"),
            "receipts": self.object.receipts.order_by("pk"),
            "links": links_of(self.object),
        }


def links_of(transaction: Transaction) -> list[tuple[str, str]]:
    """Where other apps show more of it. They join by the hook `transaction_links`: (transaction) -> [(label, url)]."""
    return [link for links in hooks.get_hooks("transaction_links") for link in links(transaction)]


def movements(transaction: Transaction) -> Any:
    rows = (
        (entry.get_credit_display(), entry.get_debit_display(), money(entry.amount, entry.currency))
        for entry in transaction.entries.all()
    )
    return format_html_join("", "<div>{} → {} <strong>{}</strong></div>", rows)


class TransactionViewSet(ReadOnlyViewSet):
    model = Transaction
    name = "transactions"
    icon = "list-ul"
    menu_label = "Transactions"
    index_view_class = TransactionIndexView
    inspect_view_class = TransactionInspectView
    inspect_template_name = "receipts/staff/transaction.html"
    filterset_class = TransactionFilterSet
    list_display = [
        TitleColumn("reference", url_name="transactions:inspect", sort_key="reference"),
        MomentColumn("occurred_at", label="Happened", sort_key="occurred_at"),
        MonthColumn("month", label="Booked in", sort_key="month"),
        Column("payer", accessor="payer.name"),
        Column("movements", accessor=movements, label="What moved"),
    ]
