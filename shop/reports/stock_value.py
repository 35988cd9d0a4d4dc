"""What lies in stock, at what it cost us: makers' pay and materials. Nothing is worth its price before a sale."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from shop.models import StockMovement, Variant


@dataclass(frozen=True, kw_only=True)
class StockRow:
    """Costs are minor units of the reporting currency for one unit, as the variant says now."""

    sku: str
    product: str
    variant: str
    on_hand: int
    maker_pay: int
    materials: int

    @property
    def value(self) -> int:
        return self.on_hand * (self.maker_pay + self.materials)


@dataclass(frozen=True, kw_only=True)
class StockReport:
    currency: str
    as_of: datetime | None
    rows: list[StockRow]

    @property
    def units(self) -> int:
        return sum(row.on_hand for row in self.rows)

    @property
    def value(self) -> int:
        return sum(row.value for row in self.rows)


def stock_value(as_of: datetime | None = None) -> StockReport:
    """What lay in stock at that moment, or lies there now. One query; what is not there is left out."""
    at = Q(at__lte=as_of) if as_of else Q()
    last = StockMovement.objects.filter(at, variant=OuterRef("pk")).order_by("-pk").values("on_hand_after")[:1]
    variants = (
        Variant.objects.annotate(there=Coalesce(Subquery(last, output_field=IntegerField()), 0))
        .filter(there__gt=0)
        .select_related("product")
        .order_by("product__title", "sort_order", "pk")
    )
    rows = [
        StockRow(
            sku=variant.sku,
            product=variant.product.title,
            variant=variant.name,
            on_hand=variant.there,
            maker_pay=variant.maker_pay,
            materials=variant.materials_cost,
        )
        for variant in variants
    ]
    return StockReport(currency=settings.REPORTING_CURRENCY, as_of=as_of, rows=rows)
