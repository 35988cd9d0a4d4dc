"""The yearly amounts behind the rules: those shipped, and those that finance staff added with their source."""

from __future__ import annotations

from django.utils import timezone

from receipts.models import IndexRow, Issuer, ReceiptSeries
from receipts.rules.contribution import YearlyIndex
from receipts.rules.us_index import INDEX

SHIPPED = {"US": INDEX}


def yearly_index(jurisdiction: str, year: int) -> YearlyIndex | None:
    """The amounts of that year, or None: what is not known is not guessed."""
    if shipped := SHIPPED.get(jurisdiction, {}).get(year):
        return shipped
    row = IndexRow.objects.filter(jurisdiction=jurisdiction, year=year).first()
    if row is None:
        return None
    return YearlyIndex(
        low_cost_limit=row.low_cost_limit, minimum_payment=row.minimum_payment, cap=row.cap, source=row.source
    )


def is_missing(jurisdiction: str, year: int) -> bool:
    """Whether receipts of that year are issued without the exceptions, because nobody entered the amounts yet."""
    return jurisdiction in SHIPPED and yearly_index(jurisdiction, year) is None


def missing_years() -> list[int]:
    """The years in which receipts were issued, and the current one, whose amounts nobody has entered yet."""
    issuer = Issuer.load()
    if issuer.jurisdiction not in SHIPPED:
        return []
    issued = ReceiptSeries.objects.values_list("year", flat=True)
    years = {*issued, timezone.localdate().year}
    return sorted(year for year in years if is_missing(issuer.jurisdiction, year))
