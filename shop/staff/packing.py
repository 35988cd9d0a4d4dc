"""Picking and packing: what waits to be sent, chosen by ticks, then its papers, then noted as sent."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from wagtail.log_actions import log

from shop.models import Order, ShippingMethod
from shop.orders.cancelling import unsent
from shop.orders.sending import CannotSend, send
from shop.staff.pages import StaffPage
from shop.staff.rows import listed_orders
from shop.staff.units import standing

PER_PAGE = 50
MOST_AT_ONCE = 200


def chosen_keys(keys: list[str]) -> list[int]:
    """The orders that a form or an address names; what is no key of ours is left out."""
    known = [int(key) for key in keys if key.isascii() and key.isdigit() and len(key) <= 18]
    return list(dict.fromkeys(known))[:MOST_AT_ONCE]


def waiting() -> QuerySet[Order]:
    """What is to be sent, the oldest first."""
    return listed_orders().filter(state__in=Order.GOING_OUT).order_by("placed_at", "pk")


class PackView(StaffPage):
    permission = "shop.fulfil_order"
    template_name = "shop/staff/pack.html"
    page_title = "Pick and pack"
    header_icon = "clipboard-list"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        way = self.request.GET.get("way", "")
        orders = waiting()
        if way == "pickup":
            orders = orders.filter(is_pickup=True)
        elif keys := chosen_keys([way]):
            orders = orders.filter(shipping_method=keys[0])
        page = Paginator(orders.prefetch_related("order_lines"), PER_PAGE).get_page(self.request.GET.get("p"))
        return super().get_context_data(
            page=page,
            way=way,
            ways=ShippingMethod.objects.select_related("zone"),
            ticked=set(chosen_keys(self.request.GET.getlist("order"))),
            is_all_ticked="all" in self.request.GET,
            **kwargs,
        )


class MarkSentView(StaffPage):
    """Several orders that left whole, after a second look: each with all that was left of it, as it was then."""

    permission = "shop.fulfil_order"
    template_name = "shop/staff/mark_sent.html"
    page_title = "Mark as sent"
    header_icon = "mail"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        chosen = waiting().filter(pk__in=chosen_keys(request.GET.getlist("order")))
        orders = list(chosen.prefetch_related("order_lines"))
        if not orders:
            messages.warning(request, "Choose at least one order that waits to be sent.")
            return redirect("shop_orders:pack")
        shown = [(order, standing(order)) for order in orders]
        return self.render_to_response(self.get_context_data(orders=shown))

    def post(self, request: HttpRequest) -> HttpResponse:
        keys = chosen_keys(request.POST.getlist("order"))
        sent = [order for order in waiting().filter(pk__in=keys) if self.send_whole(order)]
        if sent:
            messages.success(request, f"{len(sent)} {'order' if len(sent) == 1 else 'orders'} marked as sent.")
        if left := len(keys) - len(sent):
            messages.warning(
                request, f"{left} {'was' if left == 1 else 'were'} not marked: something changed meanwhile. Look again."
            )
        return redirect(reverse("shop_orders:pack"))

    def send_whole(self, order: Order) -> bool:
        seen = self.request.POST.get(f"seen-{order.pk}", "")
        try:
            with transaction.atomic():
                order = Order.objects.select_for_update().get(pk=order.pk)
                if seen != standing(order):
                    return False
                units = unsent(order)
                send(order, units, by=self.colleague)
                log(instance=order, action="shop.send", user=self.request.user, data={"units": sum(units.values())})
        except CannotSend:
            return False
        return True
