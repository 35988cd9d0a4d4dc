"""The income report as a person reads it: one row per month, one column per stream, with totals."""

from __future__ import annotations

from dataclasses import dataclass, field

from receipts.chart import Account
from receipts.months import months
from receipts.reports.income import STREAM_ORDER, IncomeRow


@dataclass(frozen=True, kw_only=True)
class IncomeTable:
    """Every figure of one currency. Months without income are shown too; streams without any are not."""

    currency: str
    months: list[int]
    streams: list[Account]
    cells: dict[tuple[int, str], int] = field(repr=False)

    def amount(self, month: int, stream: str) -> int:
        return self.cells.get((month, stream), 0)

    def of_month(self, month: int) -> int:
        return sum(self.amount(month, stream) for stream in self.streams)

    def of_stream(self, stream: str) -> int:
        return sum(self.amount(month, stream) for month in self.months)

    @property
    def total(self) -> int:
        return sum(self.cells.values())


def income_tables(rows: list[IncomeRow], *, start_month: int, end_month: int) -> list[IncomeTable]:
    """One table per currency that had income: amounts of different currencies are never added up."""
    tables = []
    for currency in sorted({row.currency for row in rows}):
        own = [row for row in rows if row.currency == currency]
        streams = sorted({row.stream for row in own}, key=STREAM_ORDER.__getitem__)
        tables.append(
            IncomeTable(
                currency=currency,
                months=list(months(start_month, end_month)),
                streams=[Account(stream) for stream in streams],
                cells={(row.month, row.stream): row.amount for row in own},
            )
        )
    return tables
