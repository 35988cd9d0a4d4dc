"""The stock's part of ``check_books``: every number is explained."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from shop.models import OrderLine, Stock, StockMovement


def problems() -> Iterator[str]:
    """What lies there is the sum of its movements, and what is set apart is what open checkouts hold."""
    moved = _sum(StockMovement.objects.filter(variant=OuterRef("pk")), "change")
    held = _sum(
        OrderLine.objects.filter(variant=OuterRef("pk"), order__holds_stock=True, is_made_to_order=False), "quantity"
    )
    stocks = Stock.objects.annotate(moved=moved, held=held).select_related("variant").order_by("pk")
    for stock in stocks.exclude(on_hand=F("moved")):
        yield f"Stock of {stock.variant.sku}: {stock.on_hand} are there, its movements sum to {stock.moved}."
    for stock in stocks.exclude(reserved=F("held")):
        yield f"Stock of {stock.variant.sku}: {stock.reserved} are set apart, open checkouts hold {stock.held}."


def _sum(rows, field: str) -> Coalesce:  # type: ignore[no-untyped-def]
    total = rows.order_by().values("variant").annotate(total=Sum(field)).values("total")
    return Coalesce(Subquery(total), 0)
