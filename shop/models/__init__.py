from __future__ import annotations

from shop.models.catalogue import (
    Category,
    MemberPrice,
    ProductCategory,
    ProductPage,
    ProductPicture,
    RelatedProduct,
    ShopPage,
    Variant,
)
from shop.models.maker_settings import MakerSettings
from shop.models.makers import Maker
from shop.models.money_back import MoneyBack, MoneyBackLine
from shop.models.orders import Order, OrderLine, Purpose
from shop.models.payouts import MakerPayout, MakerPayoutLine, SettledEntry
from shop.models.returns import Return, ReturnLine
from shop.models.settings import ShopSettings
from shop.models.shipments import Shipment, ShipmentLine
from shop.models.shipping import ShippingBand, ShippingMethod, ShippingZone
from shop.models.stock import BackInStockWish, Stock, StockMovement

__all__ = [
    "BackInStockWish",
    "Category",
    "Maker",
    "MakerPayout",
    "MakerPayoutLine",
    "MakerSettings",
    "MemberPrice",
    "MoneyBack",
    "MoneyBackLine",
    "Order",
    "OrderLine",
    "ProductCategory",
    "ProductPage",
    "ProductPicture",
    "Purpose",
    "RelatedProduct",
    "Return",
    "ReturnLine",
    "SettledEntry",
    "Shipment",
    "ShipmentLine",
    "ShippingBand",
    "ShippingMethod",
    "ShippingZone",
    "ShopPage",
    "ShopSettings",
    "Stock",
    "StockMovement",
    "Variant",
]
