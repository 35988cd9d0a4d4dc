""" "Your orders" on the account page: what was bought, and how far it is. Each leads to its own page."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from accounts.sections import AccountSection
from receipts.account import payers_of
from shop.models import Order
from shop.orders.links import order_path
from shop.orders.shown import state_of

SHOWN = 50


@dataclass(frozen=True)
class OrderRow:
    order: Order
    what: str
    total: int
    colour: str
    state: str
    path: str


def section(request: HttpRequest) -> AccountSection | None:
    mine = Order.objects.placed().filter(payer__in=payers_of(request.user)).select_related("payer")
    orders = list(mine.prefetch_related("order_lines").order_by("-placed_at", "-pk")[:SHOWN])
    if not orders:
        return None
    context = {"rows": [_row(order) for order in orders]}
    return AccountSection(order=25, title="Your orders", template_name="shop/orders/account.html", context=context)


def _row(order: Order) -> OrderRow:
    lines = list(order.order_lines.all())
    colour, state, _ = state_of(order)
    what = ", ".join(f"{line.quantity} × {line.name}" for line in lines)
    return OrderRow(
        order=order,
        what=what,
        total=sum(line.gross for line in lines) + order.shipping_gross,
        colour=colour,
        state=state,
        path=order_path(order),
    )
