"""What the orders' listing can be narrowed by."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet

from shop.models import Maker, Order, OrderLine, ProductPage, Return, ShippingMethod
from shop.staff.rows import OPEN_RETURNS

STATES = [choice for choice in Order.State.choices if choice[0] not in Order.NOT_PLACED]


def _choice(label: str, choices: list[tuple[str, str]], method: str) -> django_filters.ChoiceFilter:
    return django_filters.ChoiceFilter(
        choices=choices, label=label, method=method, empty_label="All", widget=forms.RadioSelect
    )


class OrderFilterSet(WagtailFilterSet):
    state = django_filters.MultipleChoiceFilter(choices=STATES, label="State", widget=forms.CheckboxSelectMultiple)
    placed_at = django_filters.DateFromToRangeFilter(label="Placed", widget=DateRangePickerWidget)
    waits = _choice(
        "Waits for",
        [("sending", "Sending"), ("answer", "An answer to a return"), ("money", "Money back for a return")],
        "filter_waits",
    )
    delivery = _choice("How it leaves", [("post", "Sent"), ("pickup", "Picked up")], "filter_delivery")
    shipping_method = django_filters.ModelMultipleChoiceFilter(
        queryset=ShippingMethod.objects.select_related("zone"),
        label="Way of sending",
        widget=forms.CheckboxSelectMultiple,
    )
    product = django_filters.ModelChoiceFilter(
        queryset=ProductPage.objects.order_by("title"), label="Product", method="filter_product"
    )
    maker = django_filters.ModelChoiceFilter(queryset=Maker.objects.all(), label="Maker", method="filter_maker")

    class Meta:
        model = Order
        fields: list[str] = []

    def filter_waits(self, orders: QuerySet[Order], name: str, wanted: str) -> QuerySet[Order]:
        if wanted == "sending":
            return orders.filter(state__in=Order.GOING_OUT)
        states = {"answer": Q(state__in=OPEN_RETURNS), "money": Q(state=Return.State.RECEIVED, money_back=None)}
        return orders.filter(Exists(Return.objects.filter(states[wanted], order=OuterRef("pk"))))

    def filter_delivery(self, orders: QuerySet[Order], name: str, wanted: str) -> QuerySet[Order]:
        return orders.filter(is_pickup=wanted == "pickup")

    def filter_product(self, orders: QuerySet[Order], name: str, wanted: Any) -> QuerySet[Order]:
        return orders.filter(Exists(OrderLine.objects.filter(order=OuterRef("pk"), variant__product=wanted)))

    def filter_maker(self, orders: QuerySet[Order], name: str, wanted: Any) -> QuerySet[Order]:
        return orders.filter(Exists(OrderLine.objects.filter(order=OuterRef("pk"), maker=wanted)))
