"""What was sold, by product, maker, category, purpose or month. Each is the same figures, added up another way."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from receipts.reports.charts import month_label
from shop.models import OrderLine, ProductCategory, Purpose
from shop.reports.figures import MANY, Figures, Period, figures_by_line

# By what it is told apart: name in addresses, and heading.
DIMENSIONS = {
    "product": "Product",
    "maker": "Maker",
    "category": "Category",
    "purpose": "Purpose",
    "month": "Month",
}
NO_ORDER = "Not from an order"
NO_MAKER = "No maker"
NO_CATEGORY = "No category"


@dataclass(kw_only=True)
class SalesRow(Figures):
    label: str


@dataclass(frozen=True, kw_only=True)
class SalesReport:
    """The rows of one currency: amounts of different currencies are never added up."""

    by: str
    currency: str
    period: Period
    rows: list[SalesRow] = field(repr=False)

    @property
    def heading(self) -> str:
        return DIMENSIONS[self.by]

    @property
    def as_of(self) -> datetime | None:
        return self.period.as_of

    @property
    def total(self) -> SalesRow:
        total = SalesRow(label="Total")
        for row in self.rows:
            total.add(row)
        return total


@dataclass(frozen=True, kw_only=True)
class About:
    """What a line was of."""

    product: str
    maker: str
    category: str
    purpose: str


def sales_reports(by: str, period: Period) -> list[SalesReport]:
    """One report for each currency that had sales or costs. Twelve queries, however much was sold.

    A product in several categories counts in the first of them, so that the rows sum to what was sold.
    """
    figures = figures_by_line(period)
    about = about_lines({line for line, _, _ in figures if line is not None})
    sums: dict[str, dict[str, SalesRow]] = defaultdict(dict)
    for (line, month, currency), one in figures.items():
        label = _label(by, about.get(line) if line is not None else None, month)
        sums[currency].setdefault(label, SalesRow(label=label)).add(one)
    return [
        SalesReport(by=by, currency=currency, period=period, rows=_in_order(by, rows))
        for currency, rows in sorted(sums.items())
    ]


def _label(by: str, about: About | None, month: int) -> str:
    if by == "month":
        return month_label(month)
    return getattr(about, by) if about else NO_ORDER


def _in_order(by: str, rows: dict[str, SalesRow]) -> list[SalesRow]:
    """Months as they come, all else by what it brought."""
    kept = [row for row in rows.values() if not row.is_nothing]
    return sorted(kept, key=lambda row: (0 if by == "month" else -row.sales, row.label))


def about_lines(keys: set[int]) -> dict[int, About]:
    """Of which product, by whom, of which category and purpose each line was."""
    lines = OrderLine.objects.filter(pk__in=keys) if len(keys) < MANY else OrderLine.objects.all()
    categories = _first_categories()
    rows = lines.order_by().values_list(
        "pk", "variant__product_id", "variant__product__title", "maker__alias", "purpose"
    )
    return {
        pk: About(
            product=title,
            maker=alias or NO_MAKER,
            category=categories.get(product, NO_CATEGORY),
            purpose=str(Purpose(purpose).label),
        )
        for pk, product, title, alias, purpose in rows
    }


def _first_categories() -> dict[int, str]:
    named = ProductCategory.objects.order_by("-category__order", "-category__name")
    return dict(named.values_list("product_id", "category__name"))
