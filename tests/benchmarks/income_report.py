"""What the report's own code costs on top of the sums that any report of income must make."""

from __future__ import annotations

from django.db import connection

from receipts.bulk import generate
from receipts.chart import INCOME, Account, in_order
from receipts.checks import books_problems
from receipts.reports.income import income_by_stream_and_month
from tests.benchmarks.frame import Size, benchmark, time_ratio

FROM, UNTIL = 201601, 202601


def sums_in_sql() -> dict[tuple[int, str, str], int]:
    """Income less what was taken back, by month, stream and currency: the same figures, as bare as can be."""
    streams = in_order(INCOME)
    marks = ", ".join(["%s"] * len(streams))
    totals: dict[tuple[int, str, str], int] = {}
    with connection.cursor() as cursor:
        for side, other, sign in (("credit", "debit", 1), ("debit", "credit", -1)):
            cursor.execute(
                f"SELECT month, {side}, currency, SUM(amount) FROM receipts_entry "
                f"WHERE month >= %s AND month < %s AND {side} IN ({marks}) AND {other} <> %s "
                f"GROUP BY month, {side}, currency",
                [FROM, UNTIL, *streams, Account.DEFERRED],
            )
            for month, stream, currency, amount in cursor.fetchall():
                key = (month, stream, currency)
                totals[key] = totals.get(key, 0) + sign * amount
    return totals


def report() -> dict[tuple[int, str, str], int]:
    rows = income_by_stream_and_month(start_month=FROM, end_month=UNTIL)
    return {(row.month, row.stream, row.currency): row.amount for row in rows}


@benchmark(
    name="income report over the whole ledger, time",
    against="the same sums in bare SQL",
    goal=1.25,
    better="lower",
)
def income_report(size: Size) -> float:
    generate(size.entries)
    if problems := books_problems():
        raise RuntimeError(problems[0])
    if report() != sums_in_sql():
        raise RuntimeError("The report and the bare sums differ.")
    return time_ratio(report, sums_in_sql)
