"""The staff's screens: tiers are edited, memberships are only read, because Stripe and the books write them."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.admin.ui.tables import BooleanColumn, Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.admin.viewsets.model import ModelViewSet

from membership.access import group_of
from membership.gift_memberships.staff import GiftMembershipViewSet
from membership.gift_staff import GiftViewSet
from membership.models import Interval, Membership, Tier
from membership.recovery.staff import FailedPaymentViewSet
from membership.revenue_screens import MovementViewSet, RevenueReport
from membership.states import State
from payments.staff.columns import StatusColumn
from receipts.money import format_amount
from receipts.staff.columns import MomentColumn, MoneyColumn
from receipts.staff.viewset import BooksIndexView, BooksInspectView, ReadOnlyViewSet

SHOWN_PAYMENTS = 50
NEEDS_A_LOOK = frozenset({State.PAST_DUE, State.UNPAID})


def prices_of(tier: Tier) -> str:
    prices = tier.prices.all()
    return ", ".join(f"{format_amount(one.amount, tier.currency)} {Interval(one.interval).per}" for one in prices)


class GivesGroup:
    """Every tier that is saved here has its own group, made by us."""

    def save_instance(self) -> Tier:
        tier: Tier = super().save_instance()  # type: ignore[misc]
        group_of(tier)
        return tier


class TierCreateView(GivesGroup, generic.CreateView):
    pass


class TierEditView(GivesGroup, generic.EditView):
    pass


class TierDeleteView(generic.DeleteView):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A tier that somebody ever paid for stays, for the books' sake; it can be taken off the offer."""
        if self.object.memberships.exists():
            messages.error(request, f"{self.object} has memberships and stays. Untick “offered” instead.")
            return redirect("tiers:edit", self.object.pk)
        return super().post(request, *args, **kwargs)


class TierIndexView(generic.IndexView):
    def get_base_queryset(self) -> QuerySet[Tier]:
        return Tier.objects.with_offer()


class TierViewSet(ModelViewSet):
    model = Tier
    name = "tiers"
    icon = "group"
    menu_label = "Tiers"
    add_to_reference_index = False
    copy_view_enabled = False
    index_view_class = TierIndexView
    add_view_class = TierCreateView
    edit_view_class = TierEditView
    delete_view_class = TierDeleteView
    list_display = ["name", Column("prices", accessor=prices_of), BooleanColumn("is_open", label="Offered"), "order"]
    panels = [
        MultiFieldPanel(
            [FieldPanel("name"), FieldPanel("slug"), FieldPanel("summary"), FieldPanel("description")], heading="Words"
        ),
        InlinePanel(
            "prices",
            [FieldRowPanel([FieldPanel("interval"), FieldPanel("amount"), FieldPanel("suggested")])],
            heading="Prices",
            label="Price",
            min_num=1,
            max_num=3,
        ),
        InlinePanel(
            "benefits",
            [
                FieldPanel("label"),
                FieldPanel("kind"),
                FieldRowPanel([FieldPanel("fair_value"), FieldPanel("cost"), FieldPanel("bears_logo")]),
            ],
            heading="Benefits",
            label="Benefit",
        ),
        MultiFieldPanel(
            [
                FieldPanel("is_open"),
                FieldPanel("is_highlighted"),
                FieldPanel("allows_more"),
                FieldPanel("free_amount"),
                FieldRowPanel([FieldPanel("order"), FieldPanel("grace_days")]),
            ],
            heading="How it is offered",
        ),
    ]


class MembershipFilterSet(WagtailFilterSet):
    tier = django_filters.ModelMultipleChoiceFilter(
        queryset=Tier.objects.all(), label="Tier", widget=forms.CheckboxSelectMultiple
    )
    state = django_filters.MultipleChoiceFilter(
        choices=State.choices, label="State", widget=forms.CheckboxSelectMultiple
    )
    interval = django_filters.MultipleChoiceFilter(
        choices=Interval.choices, label="Paid", widget=forms.CheckboxSelectMultiple
    )
    is_live = django_filters.ChoiceFilter(
        choices=[("yes", "Yes"), ("no", "No")],
        label="Has access",
        method="filter_live",
        empty_label="All",
        widget=forms.RadioSelect,
    )
    is_unknown = django_filters.ChoiceFilter(
        choices=[("yes", "Only these")],
        label="State that Stripe added",
        method="filter_unknown",
        empty_label="All",
        widget=forms.RadioSelect,
    )
    started_at = django_filters.DateFromToRangeFilter(label="Began", widget=DateRangePickerWidget)

    class Meta:
        model = Membership
        fields: list[str] = []

    def filter_live(self, memberships: QuerySet[Membership], name: str, wanted: str) -> QuerySet[Membership]:
        live = Membership.objects.live(timezone.now()).values("pk")
        return memberships.filter(pk__in=live) if wanted == "yes" else memberships.exclude(pk__in=live)

    def filter_unknown(self, memberships: QuerySet[Membership], name: str, wanted: str) -> QuerySet[Membership]:
        return memberships.exclude(unknown_status="")


class MembershipIndexView(BooksIndexView):
    page_title = "Memberships"
    looks_in = ("payer__name", "payer__email")

    def get_base_queryset(self) -> QuerySet[Membership]:
        return Membership.objects.for_staff()


class MembershipInspectView(BooksInspectView):
    page_title = "Membership"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        membership = Membership.objects.for_staff().get(pk=self.object.pk)
        payments = membership.payments().select_related("transaction").order_by("-created_at")
        return {
            **context,
            "membership": membership,
            "plans": list(membership.plans().order_by("-pk")),
            "payments": payments[:SHOWN_PAYMENTS],
        }


class MembershipViewSet(ReadOnlyViewSet):
    model = Membership
    name = "memberships"
    icon = "user"
    menu_label = "Memberships"
    index_view_class = MembershipIndexView
    inspect_view_class = MembershipInspectView
    inspect_template_name = "membership/staff/membership.html"
    filterset_class = MembershipFilterSet
    ordering = "-created_at"
    list_display = [
        TitleColumn("payer", accessor="payer.name", url_name="memberships:inspect", sort_key="payer__name"),
        Column("tier", accessor="tier.name", sort_key="tier__order"),
        MoneyColumn("amount", sort_key="amount"),
        Column("interval", label="Paid", accessor="get_interval_display", sort_key="interval"),
        StatusColumn("state", wanted=NEEDS_A_LOOK),
        Column("unknown_status", label="Stripe says", accessor="unknown_status"),
        BooleanColumn("is_live_now", label="Has access"),
        MomentColumn("paid_until", label="Paid until", sort_key="paid_until"),
        MomentColumn("started_at", label="Began", sort_key="started_at"),
    ]


class MembershipGroup(ViewSetGroup):
    menu_label = "Membership"
    menu_icon = "group"
    menu_order = 210
    items = (
        MembershipViewSet,
        GiftViewSet,
        FailedPaymentViewSet,
        TierViewSet,
        GiftMembershipViewSet,
        RevenueReport,
        MovementViewSet,
    )
