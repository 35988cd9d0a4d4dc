"""The yearly amounts of tax offices: those shipped, those that finance added, and the years that are missing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.viewsets.model import ModelViewSet

from receipts.models import IndexRow
from receipts.money import AmountError, parse_amount, plain
from receipts.rules.us import CURRENCY
from receipts.rules.years import SHIPPED, missing_years
from receipts.staff.viewset import BooksIndexView
from receipts.templatetags.money import money

AMOUNTS = {
    "low_cost_limit": "The most that low-cost articles may cost, such as 13.60",
    "minimum_payment": "The payment from which low-cost articles are disregarded, such as 68",
    "cap": "The most that benefits of up to 2 % may be worth, such as 136",
}


class AmountField(forms.CharField):
    """An amount as people write it; minor units inside."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return text
        try:
            return parse_amount(text, CURRENCY)
        except AmountError as error:
            raise forms.ValidationError(str(error)) from error

    def prepare_value(self, value: Any) -> Any:
        return plain(value, CURRENCY) if isinstance(value, int) else value


class IndexRowForm(WagtailAdminModelForm):
    low_cost_limit = AmountField(help_text=AMOUNTS["low_cost_limit"])
    minimum_payment = AmountField(help_text=AMOUNTS["minimum_payment"])
    cap = AmountField(help_text=AMOUNTS["cap"])

    class Meta:
        model = IndexRow
        fields = ["jurisdiction", "year", "low_cost_limit", "minimum_payment", "cap", "source"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.added_by = self.instance.added_by or self.for_user

    def clean_year(self) -> int:
        year: int = self.cleaned_data["year"]
        if year in SHIPPED.get(self.cleaned_data.get("jurisdiction") or "US", {}):
            raise forms.ValidationError(f"The amounts of {year} are known already and cannot be changed.")
        return year


class IndexRowIndexView(BooksIndexView):
    page_title = "Yearly tax amounts"
    template_name = "receipts/staff/index_rows.html"

    def get_base_queryset(self) -> QuerySet[IndexRow]:
        return IndexRow.objects.select_related("added_by").order_by("-year")

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        shipped = sorted(SHIPPED["US"].items(), reverse=True)
        return {**context, "missing_years": missing_years(), "shipped": shipped, "shipped_currency": CURRENCY}


class IndexRowViewSet(ModelViewSet):
    model = IndexRow
    name = "index_rows"
    icon = "date"
    menu_label = "Yearly tax amounts"
    index_view_class = IndexRowIndexView
    index_template_name = "receipts/staff/index_rows.html"
    copy_view_enabled = False
    add_to_reference_index = False
    list_display = [
        TitleColumn("year", url_name="index_rows:edit", sort_key="year"),
        Column("low_cost_limit", accessor=lambda row: money(row.low_cost_limit, CURRENCY)),
        Column("minimum_payment", accessor=lambda row: money(row.minimum_payment, CURRENCY)),
        Column("cap", accessor=lambda row: money(row.cap, CURRENCY)),
        Column("source"),
        Column("added_by"),
    ]

    def get_form_class(self, for_update: bool = False) -> type[IndexRowForm]:
        return IndexRowForm
