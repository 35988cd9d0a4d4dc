"""A staff page about one order, which leads back to it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from wagtail.log_actions import log

from shop.models import Order
from shop.staff.pages import StaffPage


class OrderPage(StaffPage):
    permission = "shop.fulfil_order"
    order: Order

    def find(self, named: dict[str, int]) -> None:
        self.order = get_object_or_404(Order.objects.placed(), pk=named["pk"])

    @property
    def order_url(self) -> str:
        return reverse("shop_orders:inspect", args=[self.order.pk])

    def get_page_subtitle(self) -> str:
        return self.order.number

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        *above, here = super().get_breadcrumbs_items()
        order = {"url": self.order_url, "label": self.order.number}
        return [*above, order, {**here, "sublabel": self.order.number}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"order": self.order, "order_url": self.order_url, **kwargs})

    def note(self, action: str, **data: Any) -> None:
        """Write down who did it. Nothing personal: it outlives the order's address."""
        log(instance=self.order, action=action, user=self.request.user, data=data or None)

    def back(self) -> HttpResponse:
        return redirect(self.order_url)
