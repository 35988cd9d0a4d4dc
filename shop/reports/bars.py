"""Where each row's sales went, as a bar of inline SVG: it prints, needs no script, and the table beside it says it."""

from __future__ import annotations

from dataclasses import dataclass

from receipts.money import format_amount
from shop.reports.figures import Figures
from shop.reports.sales import SalesReport, SalesRow

WIDTH = 1000
SHOWN = 20
# The shades of the books' style sheet, in the order in which the parts lie side by side.
PARTS = (("maker_pay", "Maker pay"), ("materials", "Materials"), ("fees", "Stripe fees"), ("margin", "What is left"))


@dataclass(frozen=True, kw_only=True)
class Part:
    x: int
    width: int
    shade: int
    title: str


@dataclass(frozen=True, kw_only=True)
class Bar:
    label: str
    amount: int
    parts: list[Part]


def bars_of(report: SalesReport) -> list[Bar]:
    """The first rows, each as long as its sales beside the largest. A loss is told in the table alone."""
    rows = report.rows[-SHOWN:] if report.by == "month" else report.rows[:SHOWN]
    longest = max((row.sales for row in rows), default=0)
    if longest <= 0:
        return []
    return [Bar(label=row.label, amount=row.sales, parts=_parts(row, longest, report.currency)) for row in rows]


def legend() -> list[tuple[int, str]]:
    return [(shade, label) for shade, (_, label) in enumerate(PARTS, start=1)]


def _parts(row: SalesRow | Figures, longest: int, currency: str) -> list[Part]:
    parts, x, end = [], 0, WIDTH * max(row.sales, 0) // longest
    for shade, (name, label) in enumerate(PARTS, start=1):
        amount: int = getattr(row, name)
        width = min(WIDTH * max(amount, 0) // longest, end - x)
        if width > 0:
            parts.append(Part(x=x, width=width, shade=shade, title=f"{label}: {format_amount(amount, currency)}"))
            x += width
    return parts
