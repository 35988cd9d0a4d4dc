"""Given memberships in the staff pages: who gave which, and whether its code was redeemed. The code is not shown."""

from __future__ import annotations

import django_filters
from django import forms
from django.db.models import QuerySet
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column

from membership.models import GiftMembership
from payments.staff.columns import StatusColumn
from receipts.staff.columns import MomentColumn, MoneyColumn
from receipts.staff.viewset import BooksIndexView, ReadOnlyViewSet


class GiftMembershipFilterSet(WagtailFilterSet):
    state = django_filters.MultipleChoiceFilter(
        choices=GiftMembership.State.choices, label="Status", widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = GiftMembership
        fields: list[str] = []


class GiftMembershipIndexView(BooksIndexView):
    looks_in = ("payer__name", "payer__email", "recipient_name", "recipient_email")
    page_title = "Given memberships"

    def get_base_queryset(self) -> QuerySet[GiftMembership]:
        return GiftMembership.objects.select_related("payer", "tier").order_by("-created_at", "-pk")


class GiftMembershipViewSet(ReadOnlyViewSet):
    model = GiftMembership
    name = "gift_memberships"
    icon = "tag"
    menu_label = "Given memberships"
    inspect_view_enabled = False
    index_view_class = GiftMembershipIndexView
    filterset_class = GiftMembershipFilterSet
    list_display = [
        Column("payer", label="Given by", accessor="payer.name", sort_key="payer__name"),
        Column("tier", accessor="tier.name", sort_key="tier__order"),
        Column("months"),
        MoneyColumn("amount", sort_key="amount"),
        StatusColumn("state", wanted=frozenset()),
        Column("recipient_name", label="For", sort_key="recipient_name"),
        MomentColumn("paid_at", label="Paid", sort_key="paid_at"),
        MomentColumn("redeemed_at", label="Redeemed", sort_key="redeemed_at"),
    ]
