"""Staff screens of makers: the alias, what they agreed to, their words and their picture."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpResponse
from django.urls import URLPattern
from django.utils import timezone
from django.utils.formats import date_format
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column, StatusTagColumn, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from receipts.staff.columns import MoneyColumn
from receipts.staff.viewset import BooksIndexView
from shop.makers.pay import owed_by_maker
from shop.makers.staff_forms import MakerForm, why_hidden
from shop.models import Maker


class WarnsOfConsent:
    """Says after saving why nobody sees a maker, or not for long."""

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        for warning in form.warnings():
            messages.warning(self.request, warning)  # type: ignore[attr-defined]
        return response


class AddView(WarnsOfConsent, generic.CreateView):
    pass


class EditView(WarnsOfConsent, generic.EditView):
    pass


def shown_until(maker: Maker) -> str:
    consent = maker.consent
    if consent is None:
        return "no consent"
    is_shown = consent.is_live(timezone.localdate()) and consent.covers("text", "shop")
    return f"until {date_format(consent.until, 'j M Y')}" if is_shown else consent.state_on(timezone.localdate())


class MakerIndexView(BooksIndexView):
    page_title = "Makers"
    looks_in = ("alias",)

    def get_base_queryset(self) -> QuerySet[Maker]:
        return Maker.objects.select_related("consent", "picture").annotate(makes=Count("products"))

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        owed = owed_by_maker()
        for maker in context["object_list"]:
            maker.currency = settings.REPORTING_CURRENCY
            maker.owed = owed.get((maker.pk, maker.currency), 0)
        return context


class MakerViewSet(ModelViewSet):
    model = Maker
    name = "makers"
    icon = "group"
    menu_label = "Makers"
    add_to_reference_index = False
    copy_view_enabled = False
    index_view_class = MakerIndexView
    add_view_class = AddView
    edit_view_class = EditView
    ordering = "alias"
    list_per_page = 50
    list_filter = ["is_active"]
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("alias"), FieldPanel("slug")]),
            FieldPanel("consent"),
            MultiFieldPanel([FieldPanel("region"), FieldPanel("story")], heading="What is said"),
            MultiFieldPanel([FieldPanel("picture"), FieldPanel("picture_alt")], heading="Picture"),
            FieldPanel("is_active"),
        ],
        base_form_class=MakerForm,
    )
    list_display = [
        TitleColumn("alias", url_name="makers:edit", sort_key="alias"),
        StatusTagColumn("shown", label="Shown", accessor=shown_until, primary=lambda one: not why_hidden(one)),
        Column("makes", label="Products"),
        MoneyColumn("owed", label="Owed", accessor="owed"),
    ]

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        common: dict[str, Any] = super().get_common_view_kwargs(
            **{"delete_url_name": None, "usage_url_name": None, **kwargs}
        )
        return common

    def get_urlpatterns(self) -> list[URLPattern]:
        # A maker who was ever paid stays in the books; one who makes nothing any more is no longer active.
        return [one for one in super().get_urlpatterns() if one.name not in ("delete", "usage")]
