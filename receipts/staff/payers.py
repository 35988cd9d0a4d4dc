"""Payers: who they are, what they paid, which receipts they got."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BooleanColumn, Column, TitleColumn

from receipts.account import payments_of
from receipts.models import Payer
from receipts.staff.columns import MomentColumn
from receipts.staff.viewset import BooksIndexView, BooksInspectView, ReadOnlyViewSet

SHOWN_PAYMENTS = 50


class PayerFilterSet(WagtailFilterSet):
    kind = django_filters.ChoiceFilter(choices=Payer.Kind.choices, label="Kind")

    class Meta:
        model = Payer
        fields: list[str] = []


class PayerIndexView(BooksIndexView):
    looks_in = ("name", "email")
    page_title = "Payers"

    def get_base_queryset(self) -> QuerySet[Payer]:
        return Payer.objects.order_by("-created_at", "-pk")


class PayerInspectView(BooksInspectView):
    page_title = "Payer"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        payments = payments_of(Payer.objects.filter(pk=self.object.pk))[:SHOWN_PAYMENTS]
        return {**context, "payer": self.object, "payments": payments}


class PayerViewSet(ReadOnlyViewSet):
    model = Payer
    name = "payers"
    icon = "user"
    menu_label = "Payers"
    index_view_class = PayerIndexView
    inspect_view_class = PayerInspectView
    inspect_template_name = "receipts/staff/payer.html"
    filterset_class = PayerFilterSet
    list_display = [
        TitleColumn("name", url_name="payers:inspect", sort_key="name"),
        Column("email", label="E-mail", sort_key="email"),
        Column("get_kind_display", label="Kind"),
        Column("country", accessor="country.name", label="Country"),
        BooleanColumn("has_login", label="Has a login", accessor=lambda payer: payer.user_id is not None),
        MomentColumn("created_at", label="Since", sort_key="created_at"),
    ]
