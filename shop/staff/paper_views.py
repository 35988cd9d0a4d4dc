"""The papers of orders that staff ask for, to print."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from receipts.staff.printing import printed
from shop.models import Order
from shop.staff.packing import chosen_keys
from shop.staff.pages import StaffPage
from shop.staff.papers import labels_html, pick_list_html, slips_html


class PaperView(StaffPage):
    """A document about the orders that the address names."""

    permission = "shop.fulfil_order"
    name = ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        orders = self.orders()
        if not orders:
            messages.warning(request, self.nothing)
            return redirect("shop_orders:pack")
        return printed(self.html(orders), self.name)

    nothing = "Choose at least one order."

    def orders(self) -> list[Order]:
        """In the order in which they were placed."""
        keys = chosen_keys(self.request.GET.getlist("order"))
        return list(
            Order.objects.placed().filter(pk__in=keys).prefetch_related("order_lines").order_by("placed_at", "pk")
        )

    def html(self, orders: list[Order]) -> str:
        raise NotImplementedError


class PickListView(PaperView):
    name = "pick-list"

    def html(self, orders: list[Order]) -> str:
        return pick_list_html(orders)


class SlipsView(PaperView):
    name = "packing-slips"

    def html(self, orders: list[Order]) -> str:
        return slips_html(orders)


class LabelsView(PaperView):
    """``skip`` says how many labels of the first sheet are used up."""

    name = "labels"
    nothing = "Choose at least one order that is sent: what is picked up needs no label."

    def orders(self) -> list[Order]:
        return [order for order in super().orders() if not order.is_pickup]

    def html(self, orders: list[Order]) -> str:
        skip = "".join(self.request.GET.get("skip", ""))
        number = int(skip) if skip.isascii() and skip.isdigit() and len(skip) < 3 else 0
        return labels_html(orders, on_sheets=self.request.GET.get("on") != "single", skip=number)
