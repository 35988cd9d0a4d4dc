"""Orders as CSV or XLSX, what is filtered and searched: a row for each line, and one for the sending.

Who bought what and lives where is in it, so it has a permission of its own, and who took it along is written down.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.utils.timezone import localtime
from wagtail.admin.views import generic
from wagtail.log_actions import log

from receipts.exports import Cell, csv_response, xlsx_response
from receipts.money import major
from shop.models import Order, OrderLine

ROWS_AT_ONCE = 500
HEADER = (
    "Order", "Placed", "State", "Goes by", "Recipient", "E-mail", "Address", "Address 2", "City", "Region", "Postcode",
    "Country", "Item", "SKU", "Variant", "Maker", "Quantity", "Sent", "Cancelled", "Came back", "Discount",
    "Net", "Tax", "Currency",
)  # fmt: skip


def export_rows(orders: QuerySet[Order]) -> Iterator[tuple[Cell, ...]]:
    lines = orders.prefetch_related("order_lines__maker")
    for order in lines.iterator(chunk_size=ROWS_AT_ONCE):
        head = _head(order)
        for line in order.order_lines.all():
            yield (*head, *_line(line, order.currency))
        if order.shipping or order.shipping_tax:
            yield (*head, *_sending(order))


def _head(order: Order) -> tuple[Cell, ...]:
    placed = localtime(order.placed_at) if order.placed_at else None
    return (
        order.number, placed, order.get_state_display(), order.shipping_label, order.recipient, order.email,
        order.line1, order.line2, order.city, order.region, order.postcode, str(order.country),
    )  # fmt: skip


def _line(line: OrderLine, currency: str) -> tuple[Cell, ...]:
    return (
        line.title, line.sku, line.variant_name, line.maker.alias if line.maker else "",
        line.quantity, line.sent, line.cancelled, line.returned,
        major(line.discount, currency), major(line.amount, currency), major(line.tax, currency), currency,
    )  # fmt: skip


def _sending(order: Order) -> tuple[Cell, ...]:
    currency = order.currency
    amounts = (major(0, currency), major(order.shipping, currency), major(order.shipping_tax, currency))
    return ("Sending", "", "", "", 1, None, None, None, *amounts, currency)


class OrderExport(generic.IndexView):
    """Wagtail's export buttons for whoever may export, with the guarded writer behind them."""

    @property
    def list_export(self) -> list[str]:
        return ["number"] if self.request.user.has_perm("shop.export_order") else []

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        wanted = request.GET.get("export", "")
        if wanted not in (self.FORMAT_CSV, self.FORMAT_XLSX):
            response: HttpResponseBase = super().get(request, *args, **kwargs)
            return response
        if not request.user.has_perm("shop.export_order"):
            raise PermissionDenied
        orders = self.get_queryset()
        told = {"format": wanted, "orders": orders.count()}
        log(instance=request.user, action="shop.export_orders", user=request.user, data=told)
        write = csv_response if wanted == self.FORMAT_CSV else xlsx_response
        return write("orders", HEADER, export_rows(orders))
