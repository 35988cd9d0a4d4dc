"""The stock of every variant, what is low first where staff ask for it, and why it is what it is."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.core.paginator import Paginator
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.urls import URLPattern, path, reverse
from wagtail.admin.auth import require_admin_access
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.widgets.button import HeaderButton

from receipts.staff.viewset import BooksIndexView, BooksInspectView, ReadOnlyViewSet
from shop.models import Order, OrderLine, Stock
from shop.stock.staff.views import CountView, FileView, MarkView

MOVEMENTS_PER_PAGE = 50


def listed() -> QuerySet[Stock]:
    """All that the listing shows, in one query; ``waiting`` is sold, lies there still, and is not in the stock."""
    sold = OrderLine.objects.filter(variant=OuterRef("pk"), order__state__in=Order.GOING_OUT, is_made_to_order=False)
    left = F("quantity") - F("sent") - F("cancelled")
    waiting = sold.order_by().values("variant").annotate(total=Sum(left)).values("total")
    stocks = Stock.objects.select_related("variant__product")
    return stocks.annotate(waiting=Coalesce(Subquery(waiting), 0), free=F("on_hand") - F("reserved"))


def in_words(stock: Stock) -> str:
    if stock.variant.product.is_made_to_order:
        return "Made to order"
    return "Sold out" if stock.on_hand == 0 else "Low" if stock.on_hand <= stock.low_at else "In stock"


class StockFilterSet(WagtailFilterSet):
    level = django_filters.ChoiceFilter(
        label="How much is left",
        choices=[("low", "Low or sold out"), ("out", "Sold out"), ("held", "In checkouts now")],
        method="filter_level",
        empty_label="All",
        widget=forms.RadioSelect,
    )

    class Meta:
        model = Stock
        fields: list[str] = []

    def filter_level(self, stocks: QuerySet[Stock], name: str, wanted: str) -> QuerySet[Stock]:
        ready = Q(variant__product__made_to_order_days=None)
        levels = {
            "low": ready & Q(on_hand__lte=F("low_at")),
            "out": ready & Q(on_hand=0),
            "held": Q(reserved__gt=0),
        }
        return stocks.filter(levels[wanted])


class StockIndexView(BooksIndexView):
    page_title = "Stock"
    looks_in = ("variant__sku", "variant__product__title", "variant__first_value", "variant__second_value")

    @property
    def header_buttons(self) -> list[HeaderButton]:
        if not self.request.user.has_perm("shop.change_stock"):
            return []
        return [HeaderButton("Counts from a file", url=reverse("shop_stock:file"), icon_name="upload")]

    def get_base_queryset(self) -> QuerySet[Stock]:
        return listed()


class StockInspectView(BooksInspectView):
    page_title = "Stock"

    def get_page_subtitle(self) -> str:
        return str(self.object.variant)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        stock = listed().get(pk=self.object.pk)
        movements = stock.variant.stock_movements.select_related("order_line__order", "by").order_by("-pk")
        return {
            **context,
            "stock": stock,
            "variant": stock.variant,
            "in_words": in_words(stock),
            "page": Paginator(movements, MOVEMENTS_PER_PAGE).get_page(self.request.GET.get("p")),
            "wishes": stock.variant.wishes.count(),
            "may_count": self.request.user.has_perm("shop.change_stock"),
            "may_see_orders": self.request.user.has_perm("shop.view_order"),
        }


class StockViewSet(ReadOnlyViewSet):
    model = Stock
    name = "shop_stock"
    icon = "list-ul"
    menu_label = "Stock"
    index_view_class = StockIndexView
    inspect_view_class = StockInspectView
    inspect_template_name = "shop/stock/stock.html"
    filterset_class = StockFilterSet
    ordering = "variant__product__title"
    actions = ("change",)
    list_display = [
        TitleColumn("variant", label="What", url_name="shop_stock:inspect", sort_key="variant__product__title"),
        Column("sku", label="SKU", accessor="variant.sku", sort_key="variant__sku"),
        Column("in_words", label="State", accessor=in_words),
        Column("on_hand", label="There", sort_key="on_hand", classname="books-number"),
        Column("reserved", label="In checkouts", sort_key="reserved", classname="books-number"),
        Column("waiting", label="Sold, to be sent", sort_key="waiting", classname="books-number"),
        Column("low_at", label="Warn at", classname="books-number"),
    ]

    def get_urlpatterns(self) -> list[URLPattern]:
        own = [
            ("count/<int:pk>/", CountView, "count"),
            ("mark/<int:pk>/", MarkView, "mark"),
            ("file/", FileView, "file"),
        ]
        pages = [path(route, require_admin_access(view.as_view()), name=name) for route, view, name in own]
        return [*super().get_urlpatterns(), *pages]
