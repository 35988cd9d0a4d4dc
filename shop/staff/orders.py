"""Orders: the listing and one order with all that is known of it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import URLPattern, path, reverse
from wagtail.admin.auth import require_admin_access
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.widgets.button import HeaderButton

from payments.staff.columns import StatusColumn
from receipts.staff.columns import MomentColumn, MoneyColumn
from receipts.staff.viewset import BooksIndexView, BooksInspectView, ReadOnlyViewSet
from shop.models import Order
from shop.staff.details import details_of
from shop.staff.exporting import OrderExport
from shop.staff.filters import OrderFilterSet
from shop.staff.rows import goes_by, left_to_send, listed_orders, return_in_words
from shop.staff.urls import order_actions

WANTED = frozenset({Order.State.PAID, Order.State.PART_SENT})


class OrderIndexView(OrderExport, BooksIndexView):
    page_title = "Orders"
    looks_in = ("number", "recipient", "email", "payer__name", "payer__email")

    @property
    def header_buttons(self) -> list[HeaderButton]:
        if not self.request.user.has_perm("shop.fulfil_order"):
            return []
        return [HeaderButton("Pick and pack", url=reverse("shop_orders:pack"), icon_name="clipboard-list")]

    def get_base_queryset(self) -> QuerySet[Order]:
        return listed_orders()


class OrderInspectView(BooksInspectView):
    page_title = "Order"

    def get_page_subtitle(self) -> str:
        return str(self.object.number)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        user = self.request.user
        return {
            **context,
            **details_of(self.object),
            "may_fulfil": user.has_perm("shop.fulfil_order"),
            "may_refund": user.has_perm("payments.refund_payment"),
            "may_see_payments": user.has_perm("payments.view_payment"),
        }


class OrderViewSet(ReadOnlyViewSet):
    model = Order
    name = "shop_orders"
    icon = "clipboard-list"
    menu_label = "Orders"
    index_view_class = OrderIndexView
    inspect_view_class = OrderInspectView
    inspect_template_name = "shop/staff/order.html"
    filterset_class = OrderFilterSet
    ordering = "-placed_at"
    actions = ("fulfil", "export")
    list_display = [
        TitleColumn("number", label="Order", url_name="shop_orders:inspect", sort_key="number"),
        Column("recipient", label="For", accessor=lambda order: order.recipient or order.payer.name),
        StatusColumn("state", wanted=WANTED),
        Column("left", label="To send", accessor=left_to_send),
        Column("goes_by", label="Goes by", accessor=goes_by),
        Column("parcel", label="Parcel", accessor=lambda order: "Discreet" if order.is_discreet else ""),
        Column("returns", label="Return", accessor=return_in_words),
        MoneyColumn("paid_in_all", label="Paid"),
        MomentColumn("placed_at", label="Placed", sort_key="placed_at"),
    ]

    def get_urlpatterns(self) -> list[URLPattern]:
        own = [path(address, require_admin_access(view), name=name) for address, view, name in order_actions()]
        return [*super().get_urlpatterns(), *own]
