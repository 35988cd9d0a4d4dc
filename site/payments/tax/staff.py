"""Tax rates for staff: listing, adding, taking over a file, and the same file back."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django_countries import countries
from wagtail.admin import messages
from wagtail.admin.auth import require_admin_access
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import HeaderButton

from payments.models import TaxRate
from payments.tax.importing import COLUMNS, MOST_BYTES, FaultyFile, export_rows, read_rates, save_rates
from receipts.exports import csv_response, xlsx_response
from receipts.staff.acting import StaffAction
from receipts.staff.viewset import BooksIndexView


def place_of(rate: TaxRate) -> str:
    country = str(countries.name(rate.country))
    return f"{country}: {rate.region}" if rate.region else country


def state_of(rate: TaxRate) -> str:
    today = timezone.localdate()
    if rate.valid_from > today:
        return "To come"
    return "Over" if rate.valid_until and rate.valid_until < today else "In force"


def known_countries() -> list[tuple[str, str]]:
    codes = TaxRate.objects.order_by("country").values_list("country", flat=True).distinct()
    return [(str(code), str(countries.name(code))) for code in codes]


def known_categories() -> list[tuple[str, str]]:
    words = TaxRate.objects.order_by("category").values_list("category", flat=True).distinct()
    return [(word, word) for word in words]


class TaxRateFilterSet(WagtailFilterSet):
    country = django_filters.MultipleChoiceFilter(choices=known_countries, widget=forms.CheckboxSelectMultiple)
    category = django_filters.MultipleChoiceFilter(choices=known_categories, widget=forms.CheckboxSelectMultiple)
    state = django_filters.ChoiceFilter(
        choices=[("now", "In force"), ("later", "To come"), ("over", "Over")],
        label="State",
        method="filter_state",
        empty_label="All",
        widget=forms.RadioSelect,
    )

    class Meta:
        model = TaxRate
        fields: list[str] = []

    def filter_state(self, rates: QuerySet[TaxRate], name: str, state: str) -> QuerySet[TaxRate]:
        today = timezone.localdate()
        valid = {
            "now": Q(valid_from__lte=today) & (Q(valid_until=None) | Q(valid_until__gte=today)),
            "later": Q(valid_from__gt=today),
            "over": Q(valid_until__lt=today),
        }
        return rates.filter(valid[state])


class TaxRateIndexView(BooksIndexView):
    page_title = "Tax rates"
    looks_in = ("name", "region", "category")
    any_permission_required = ["add", "change", "view"]
    # Wagtail shows the export buttons where this names something; the columns are those of a file to read again.
    list_export = ["name"]

    @property
    def header_buttons(self) -> list[HeaderButton]:
        buttons: list[HeaderButton] = list(super().header_buttons)
        if self.request.user.has_perm("payments.add_taxrate"):
            buttons.append(HeaderButton("Read a file", url=reverse("tax_rates:import"), icon_name="upload"))
        return buttons

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.is_export:
            response: HttpResponseBase = super().get(request, *args, **kwargs)
            return response
        write = csv_response if request.GET["export"] == self.FORMAT_CSV else xlsx_response
        return write("tax-rates", COLUMNS, export_rows(self.get_queryset()))


class FileForm(forms.Form):
    file = forms.FileField(
        label="File", help_text="A CSV file in UTF-8, of at most 1 MB. It is forgotten once it is read."
    )

    def clean_file(self) -> bytes:
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if file.size is None or file.size > MOST_BYTES:
            raise forms.ValidationError("This file is larger than 1 MB.")
        content: bytes = file.read()
        return content


class ReadFileView(StaffAction):
    permission = "payments.add_taxrate"
    template_name = "payments/staff/import_tax_rates.html"
    page_title = "Read tax rates from a file"
    header_icon = "decimal"

    def get_page_subtitle(self) -> str:
        return ""

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        listing = {"url": reverse("tax_rates:index"), "label": "Tax rates"}
        return [*self.breadcrumbs_items, listing, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**{"form": FileForm(), "columns": COLUMNS, **kwargs})
        return context

    def post(self, request: HttpRequest) -> HttpResponse:
        form = FileForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.ask_again(form)
        try:
            added, changed = save_rates(read_rates(form.cleaned_data["file"]))
        except FaultyFile as faulty:
            context = self.get_context_data(form=form, faults=faulty.faults)
            return self.render_to_response(context, status=422)
        messages.success(request, f"Taken over: {added} new, {changed} that {'was' if changed == 1 else 'were'} there.")
        return redirect("tax_rates:index")


class TaxRateViewSet(ModelViewSet):
    model = TaxRate
    name = "tax_rates"
    icon = "decimal"
    menu_label = "Tax rates"
    index_view_class = TaxRateIndexView
    filterset_class = TaxRateFilterSet
    add_to_reference_index = False
    list_per_page = 50
    list_display = [
        TitleColumn("name", url_name="tax_rates:edit", sort_key="name"),
        Column("percent", label="Percent", sort_key="rate", classname="books-number"),
        Column("place", label="Where", accessor=place_of, sort_key="country"),
        Column("category", sort_key="category"),
        Column("valid_from", label="First day", sort_key="valid_from"),
        Column("valid_until", label="Last day", sort_key="valid_until"),
        Column("state", label="State", accessor=state_of),
    ]
    panels = [
        FieldRowPanel([FieldPanel("name"), FieldPanel("rate")]),
        FieldRowPanel([FieldPanel("country"), FieldPanel("region")]),
        FieldPanel("category"),
        FieldRowPanel([FieldPanel("valid_from"), FieldPanel("valid_until")]),
    ]

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            *super().get_urlpatterns(),
            path("import/", require_admin_access(ReadFileView.as_view()), name="import"),
        ]
