"""Funds: staff open them, name their purpose, close them. What is booked on one keeps it for good."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from wagtail.admin.panels import FieldPanel
from wagtail.admin.ui.tables import BooleanColumn, TitleColumn
from wagtail.admin.viewsets.model import ModelViewSet

from receipts.models import Fund
from receipts.reports.funds import balances
from receipts.staff.columns import MoneyColumn
from receipts.staff.viewset import BooksIndexView


class FundIndexView(BooksIndexView):
    page_title = "Funds"
    looks_in = ("name",)

    def get_base_queryset(self) -> QuerySet[Fund]:
        return Fund.objects.order_by("-is_default", "name")

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        left = balances(currency=settings.REPORTING_CURRENCY)
        for fund in context["object_list"]:
            fund.currency, fund.balance = settings.REPORTING_CURRENCY, left.get(fund.pk, 0)
        return context


class FundViewSet(ModelViewSet):
    model = Fund
    name = "funds"
    icon = "folder-open-inverse"
    menu_label = "Funds"
    index_view_class = FundIndexView
    copy_view_enabled = False
    add_to_reference_index = False
    list_per_page = 50
    panels = [
        FieldPanel("name"),
        FieldPanel("is_restricted"),
        FieldPanel("purpose"),
        FieldPanel("bears_fees"),
        FieldPanel("is_open"),
    ]
    list_display = [
        TitleColumn("name", url_name="funds:edit", sort_key="name"),
        BooleanColumn("is_restricted", label="Restricted"),
        BooleanColumn("is_open", label="Open"),
        MoneyColumn("balance", label="Left", accessor="balance"),
    ]
