"""Gifts for staff: listed, filtered, exported, read; the message to a family sent once more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import django_filters
from django import forms
from django.contrib import messages
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.timezone import localtime
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.log_actions import log

from membership.models import Campaign, Gift, Interval, Tribute
from membership.states import State
from membership.tributes import is_kept, notify_again
from payments.staff.columns import StatusColumn
from payments.staff.viewset import StaffViewSet
from receipts.exports import Cell
from receipts.models import Fund
from receipts.money import major
from receipts.staff.columns import MomentColumn, MoneyColumn
from receipts.staff.exporting import ExportedIndexView
from receipts.staff.viewset import BooksInspectView

SHOWN_PAYMENTS = 50
ROWS_AT_ONCE = 1_000
ONCE = "once"
NEEDS_A_LOOK = frozenset({State.PAST_DUE, State.UNPAID})
HEADER = (
    "Gift", "Began", "Payer", "E-mail", "Contact", "Fund", "Campaign", "How often", "Amount", "Of it card costs",
    "Currency", "State", "Method", "In honour or memory", "Came from",
)  # fmt: skip


def how_often(gift: Gift) -> str:
    return gift.get_interval_display() if gift.interval else "Once"


def tribute_kind(gift: Gift) -> str:
    tribute = getattr(gift, "tribute", None)
    return tribute.get_kind_display() if tribute else ""


def export_rows(gifts: QuerySet[Gift]) -> Iterator[tuple[Cell, ...]]:
    return (export_row(gift) for gift in gifts.iterator(chunk_size=ROWS_AT_ONCE))


def export_row(gift: Gift) -> tuple[Cell, ...]:
    return (
        str(gift.public_id),
        localtime(gift.started_at) if gift.started_at else None,
        gift.payer.name,
        gift.payer.email,
        gift.contact_name,
        gift.fund.name,
        gift.campaign.name if gift.campaign else "",
        how_often(gift),
        major(gift.amount, gift.currency),
        major(gift.fee_cover, gift.currency),
        gift.currency,
        gift.get_state_display(),
        gift.get_method_display(),
        tribute_kind(gift),
        gift.came_from,
    )


class GiftFilterSet(WagtailFilterSet):
    fund = django_filters.ModelMultipleChoiceFilter(queryset=Fund.objects.all(), widget=forms.CheckboxSelectMultiple)
    campaign = django_filters.ModelMultipleChoiceFilter(
        queryset=Campaign.objects.all(), widget=forms.CheckboxSelectMultiple
    )
    state = django_filters.MultipleChoiceFilter(choices=State.choices, widget=forms.CheckboxSelectMultiple)
    interval = django_filters.MultipleChoiceFilter(
        choices=[(ONCE, "Once"), *Interval.choices],
        label="How often",
        method="filter_interval",
        widget=forms.CheckboxSelectMultiple,
    )
    method = django_filters.MultipleChoiceFilter(choices=Gift.Method.choices, widget=forms.CheckboxSelectMultiple)
    tribute = django_filters.ChoiceFilter(
        choices=Tribute.Kind.choices, field_name="tribute__kind", empty_label="All", widget=forms.RadioSelect
    )
    started_at = django_filters.DateFromToRangeFilter(label="Began", widget=DateRangePickerWidget)

    class Meta:
        model = Gift
        fields: list[str] = []

    def filter_interval(self, gifts: QuerySet[Gift], name: str, wanted: list[str]) -> QuerySet[Gift]:
        return gifts.filter(interval__in=["" if one == ONCE else one for one in wanted]) if wanted else gifts


class GiftIndexView(ExportedIndexView):
    page_title = "Gifts"
    looks_in = ("payer__name", "payer__email", "contact_name", "tribute__honouree")
    export_name, export_header = "gifts", HEADER

    def get_base_queryset(self) -> QuerySet[Gift]:
        return Gift.objects.for_staff()

    def export_rows(self, rows: QuerySet[Gift]) -> Iterator[tuple[Cell, ...]]:
        return export_rows(rows)


class GiftInspectView(BooksInspectView):
    page_title = "Gift"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        gift = Gift.objects.for_staff().get(pk=self.object.pk)
        tribute = getattr(gift, "tribute", None)
        return {
            **context,
            "gift": gift,
            "tribute": tribute,
            "may_resend": bool(tribute and tribute.sent_at and tribute.family_email and is_kept(gift)),
            "plans": list(gift.plans().order_by("-pk")),
            "payments": gift.payments().select_related("transaction").order_by("-created_at")[:SHOWN_PAYMENTS],
        }


class ResendTributeView(generic.InspectView):
    """The message to the family once more, without the giver's limit."""

    any_permission_required = ["view"]
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm("membership.resend_tribute"):
            raise PermissionDenied
        tribute = Tribute.objects.filter(gift=self.object).select_related("gift__payer").first()
        if tribute and notify_again(tribute):
            log(self.object, "membership.resend_tribute", user=request.user)
            messages.success(request, "The message to the family is on its way once more.")
        else:
            messages.error(request, "The message can’t be sent again: it never went out, or the gift was given back.")
        return redirect("gifts:inspect", self.object.pk)


class GiftViewSet(StaffViewSet):
    model = Gift
    name = "gifts"
    icon = "pick"
    menu_label = "Gifts"
    index_view_class = GiftIndexView
    inspect_view_class = GiftInspectView
    inspect_template_name = "membership/staff/gift.html"
    filterset_class = GiftFilterSet
    actions = ("export",)
    ordering = "-created_at"
    list_display = [
        TitleColumn("payer", accessor="payer.name", url_name="gifts:inspect", sort_key="payer__name"),
        MoneyColumn("amount", sort_key="amount"),
        Column("interval", label="How often", accessor=how_often, sort_key="interval"),
        Column("fund", accessor="fund.name", sort_key="fund__name"),
        Column(
            "campaign", accessor=lambda gift: gift.campaign.name if gift.campaign else "", sort_key="campaign__name"
        ),
        StatusColumn("state", wanted=NEEDS_A_LOOK),
        Column("method", accessor="get_method_display", sort_key="method"),
        Column("tribute", label="For somebody", accessor=tribute_kind),
        MomentColumn("started_at", label="Began", sort_key="started_at"),
    ]

    @property
    def resend_view(self) -> Any:
        return self.construct_view(ResendTributeView)

    def get_urlpatterns(self) -> list[URLPattern]:
        return [*super().get_urlpatterns(), path("resend/<int:pk>/", self.resend_view, name="resend")]

    def get_permissions_to_register(self) -> QuerySet[Permission]:
        resend = Permission.objects.filter(content_type__app_label="membership", codename="resend_tribute")
        return super().get_permissions_to_register() | resend
