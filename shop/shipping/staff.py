"""Staff screens of zones and ways of sending, with a page to see what a customer would be offered."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpResponse
from django.urls import URLPattern, path, reverse
from django_countries import countries as all_countries
from wagtail.admin.auth import require_admin_access
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import BooleanColumn, Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import HeaderButton

from payments.goods import Destination
from receipts.money import format_amount
from receipts.staff.viewset import BooksIndexView
from shop.models import ShippingMethod, ShippingZone
from shop.shipping.choices import choices_for, days_of
from shop.shipping.forms import BandsPanel, MethodForm, TryForm, ZoneForm
from shop.shipping.places import ANYWHERE, beginnings, countries, shadows, zone_of
from shop.staff.pages import StaffPage

NAMED = 4


def in_words(codes: frozenset[str]) -> str:
    """Names of countries, the first few of many."""
    if ANYWHERE in codes:
        return "Everywhere else"
    names = sorted(all_countries.name(code) for code in codes)
    rest = len(names) - NAMED
    return ", ".join(names) if rest <= 0 else f"{', '.join(names[:NAMED])} and {rest} more"


def where(zone: ShippingZone) -> str:
    starts = ", ".join(beginnings(zone))
    return f"{in_words(countries(zone))} ({starts} …)" if starts else in_words(countries(zone))


def shadow_warnings(about: ShippingZone | None = None) -> list[str]:
    """Sentences about places that a zone names and an earlier one takes."""
    return [
        f"{in_words(taken)}: “{earlier}” comes before “{later}” and takes it. Change their order, or drop it from one."
        for earlier, later, taken in shadows(list(ShippingZone.objects.all()))
        if about is None or about in (earlier, later)
    ]


class WarnsAfterSaving:
    """Says what was saved and will still not work as meant."""

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        for warning in self.warnings(form):
            messages.warning(self.request, warning)  # type: ignore[attr-defined]
        return response

    def warnings(self, form: Any) -> list[str]:
        return form.warnings() if isinstance(form, MethodForm) else shadow_warnings(form.instance)


class AddView(WarnsAfterSaving, generic.CreateView):
    pass


class EditView(WarnsAfterSaving, generic.EditView):
    pass


class ZoneIndexView(BooksIndexView):
    page_title = "Shipping zones"

    @property
    def header_buttons(self) -> list[HeaderButton]:
        buttons = [self.add_button] if self.add_url else []
        return [*buttons, HeaderButton("Try it out", url=reverse("shipping_zones:try"), icon_name="search")]

    def get_base_queryset(self) -> QuerySet[ShippingZone]:
        return ShippingZone.objects.annotate(ways=Count("methods"))

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        for warning in shadow_warnings():
            messages.warning(self.request, warning)
        return context


class TryView(StaffPage):
    """What somebody there would be offered for a basket of that weight and price."""

    permission = "shop.view_shippingzone"
    came_from = ("shipping_zones:index", "Shipping zones")
    template_name = "shop/staff/try_shipping.html"
    page_title = "What a customer is offered"
    header_icon = "search"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = TryForm(self.request.GET) if "country" in self.request.GET else TryForm()
        offered = self.offered(form.cleaned_data) if form.is_bound and form.is_valid() else {}
        return super().get_context_data(form=form, currency=settings.REPORTING_CURRENCY, **offered, **kwargs)

    def offered(self, asked: dict[str, Any]) -> dict[str, Any]:
        place = Destination(country=asked["country"], postcode=asked["postcode"])
        zone = zone_of(place, ShippingZone.objects.all())
        return {
            "is_tried": True,
            "zone": zone,
            "choices": choices_for(place, weight=asked["weight"], goods_total=asked["price"]),
        }


class ZoneViewSet(ModelViewSet):
    model = ShippingZone
    name = "shipping_zones"
    icon = "globe"
    menu_label = "Shipping zones"
    add_to_reference_index = False
    copy_view_enabled = False
    index_view_class = ZoneIndexView
    add_view_class = AddView
    edit_view_class = EditView
    ordering = ("order", "pk")
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("name"), FieldPanel("order")]),
            FieldPanel("countries", widget=forms.CheckboxSelectMultiple, classname="shop-countries"),
            FieldPanel("postcodes"),
        ],
        base_form_class=ZoneForm,
    )
    list_display = [
        TitleColumn("name", url_name="shipping_zones:edit"),
        Column("where", accessor=where),
        Column("ways", label="Ways of sending"),
        Column("order", sort_key="order"),
    ]

    def get_urlpatterns(self) -> list[URLPattern]:
        return [*super().get_urlpatterns(), path("try/", require_admin_access(TryView.as_view()), name="try")]


def costs(method: ShippingMethod) -> str:
    """All its prices, in one line."""
    if method.by == ShippingMethod.By.PICKUP:
        return "Nothing"
    bands = sorted(method.bands.all(), key=lambda band: (band.up_to is None, band.up_to or 0))
    parts = [f"{_money(band.price)} {_limit(method, band.up_to)}".strip() for band in bands]
    if method.free_over is not None:
        parts.append(f"free from {_money(method.free_over)}")
    return ", ".join(parts)


def _limit(method: ShippingMethod, limit: int | None) -> str:
    if limit is None:
        return ""
    return f"to {_money(limit)}" if method.by == ShippingMethod.By.PRICE else f"to {limit:,} g"


def _money(amount: int) -> str:
    return format_amount(amount, settings.REPORTING_CURRENCY)


class MethodIndexView(BooksIndexView):
    page_title = "Ways of sending"
    looks_in = ("name", "zone__name")

    def get_base_queryset(self) -> QuerySet[ShippingMethod]:
        return ShippingMethod.objects.select_related("zone").prefetch_related("bands")


class MethodViewSet(ModelViewSet):
    model = ShippingMethod
    name = "shipping_methods"
    icon = "resubmit"
    menu_label = "Ways of sending"
    add_to_reference_index = False
    copy_view_enabled = False
    index_view_class = MethodIndexView
    add_view_class = AddView
    edit_view_class = EditView
    list_filter = ["zone", "by", "is_offered"]
    ordering = ("zone__order", "zone", "order", "pk")
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("zone"), FieldPanel("name")]),
            FieldPanel("by", widget=forms.RadioSelect),
            BandsPanel(
                "bands",
                [FieldRowPanel([FieldPanel("up_to"), FieldPanel("price")])],
                heading="Prices",
                label="price",
                help_text="Limits are grams, or amounts where it goes by the goods’ price. "
                "What is beyond the highest limit is not sent this way.",
            ),
            FieldPanel("free_over"),
            FieldRowPanel([FieldPanel("least_days"), FieldPanel("most_days")]),
            FieldPanel("details"),
            MultiFieldPanel(
                [FieldRowPanel([FieldPanel("order"), FieldPanel("tax_category")]), FieldPanel("is_offered")],
                heading="How it is offered",
            ),
        ],
        base_form_class=MethodForm,
    )
    list_display = [
        TitleColumn("name", url_name="shipping_methods:edit"),
        Column("zone", accessor="zone.name", sort_key="zone__order"),
        Column("costs", accessor=costs),
        Column("takes", accessor=days_of),
        BooleanColumn("is_offered", label="Offered"),
    ]
