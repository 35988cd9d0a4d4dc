"""The staff menu's "Shop". Each item is shown to whom may view its rows; a new screen adds its viewset here."""

from __future__ import annotations

from typing import Any

from wagtail.admin.viewsets.base import ViewSetGroup

from shop.catalogue.staff import CategoryViewSet
from shop.makers.payout_staff import MakerPayoutViewSet
from shop.makers.staff import MakerViewSet
from shop.reports.screens import ShopReports
from shop.shipping.staff import MethodViewSet, ZoneViewSet
from shop.staff.orders import OrderViewSet
from shop.stock.staff.listing import StockViewSet


class ShopGroup(ViewSetGroup):
    menu_label = "Shop"
    menu_name = "shop"
    menu_icon = "tag"
    menu_order = 215
    items: tuple[Any, ...] = (
        OrderViewSet,
        StockViewSet,
        CategoryViewSet,
        MakerViewSet,
        MakerPayoutViewSet,
        ShopReports,
        ZoneViewSet,
        MethodViewSet,
    )
