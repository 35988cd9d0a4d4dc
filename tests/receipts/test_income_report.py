from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from receipts import bulk
from receipts.chart import Account
from receipts.ledger import defer_income, recognise_deferred, record_refund, reverse
from receipts.models import Entry
from receipts.reports.charts import income_chart
from receipts.reports.funds import balances
from receipts.reports.income import IncomeRow, income_by_stream_and_month
from receipts.reports.tables import income_tables
from tests.receipts.books import PAID_AT, a_line, a_payment, books_balance

pytestmark = pytest.mark.both_databases

IN_JULY = PAID_AT + timedelta(days=31)


def figures(start: int = 202501, end: int = 202601, **more: Any) -> dict[tuple[int, str], int]:
    rows = income_by_stream_and_month(start_month=start, end_month=end, **more)
    return {(row.month, row.stream): row.amount for row in rows}


@pytest.mark.django_db
def test_income_is_summed_by_stream_and_month() -> None:
    a_payment(a_line(1_000, Account.DUES, tax=80), a_line(300))
    a_payment(a_line(500, Account.DUES))
    a_payment(a_line(700), occurred_at=IN_JULY)
    assert figures() == {(202506, "dues"): 1_500, (202506, "gifts"): 300, (202507, "gifts"): 700}


@pytest.mark.django_db
def test_a_refund_is_taken_off_in_the_month_it_was_booked() -> None:
    paid = a_payment(a_line(1_000))
    refund, _ = record_refund(reference="re", of=paid, amount=400, occurred_at=IN_JULY)
    assert figures() == {(202506, "gifts"): 1_000, (202507, "gifts"): -400}
    reverse(refund, reference="re:failed", occurred_at=IN_JULY)
    assert figures() == {(202506, "gifts"): 1_000, (202507, "gifts"): 0}


@pytest.mark.django_db
def test_the_end_month_is_not_part_of_the_period() -> None:
    a_payment(a_line(1_000))
    assert figures(202506, 202507)
    assert not figures(202501, 202506)
    assert not figures(202507, 202601)


@pytest.mark.django_db
def test_as_of_a_moment_leaves_out_what_was_recorded_later() -> None:
    a_payment(a_line(1_000))
    between = datetime.now(UTC)
    a_payment(a_line(200))
    assert figures(as_of=between) == {(202506, "gifts"): 1_000}
    assert figures() == {(202506, "gifts"): 1_200}


@pytest.mark.django_db
def test_cash_counts_when_paid_and_accrual_when_earned() -> None:
    entry = a_payment(a_line(1_200, Account.DUES)).entries.get()
    term = {"term_start": date(2025, 6, 1), "term_end": date(2026, 6, 1)}
    deferral, _ = defer_income(reference="defer", entry=entry, amount=1_100, occurred_at=PAID_AT, **term)
    recognise_deferred(reference="earn", deferral=deferral.entries.get(), amount=100, occurred_at=IN_JULY)
    assert figures() == {(202506, "dues"): 1_200}
    assert figures(basis="accrual") == {(202506, "dues"): 100, (202507, "dues"): 100}


@pytest.mark.django_db
def test_currencies_are_never_added_up() -> None:
    a_payment(a_line(1_000))
    a_payment(a_line(900), currency="EUR")
    rows = income_by_stream_and_month(start_month=202501, end_month=202601)
    assert [(row.currency, row.amount) for row in rows] == [("EUR", 900), ("USD", 1_000)]
    assert [table.currency for table in income_tables(rows, start_month=202501, end_month=202601)] == ["EUR", "USD"]


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="says how SQLite plans it")
def test_the_report_reads_one_covering_index_and_nothing_else() -> None:
    with CaptureQueriesContext(connection) as queries:
        figures()
    assert len(queries) == 2
    for query in queries.captured_queries:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
            plan = " ".join(str(row[3]) for row in cursor.fetchall())
        assert "USING COVERING INDEX" in plan, plan


@pytest.mark.django_db
def test_bulk_books_hold_and_are_added_to_as_usual() -> None:
    assert bulk.generate(5_000, months=24) == 5_000
    assert Entry.objects.count() == 5_000
    assert books_balance()
    bulk.generate(501)
    a_payment()
    assert Entry.objects.count() == 5_502
    assert books_balance()
    rows = income_by_stream_and_month(start_month=190001, end_month=299912)
    came = sum(entry.amount for entry in Entry.objects.income())
    went = sum(entry.amount for entry in Entry.objects.income_taken_back())
    assert sum(row.amount for row in rows) == came - went
    assert {row.stream for row in rows} == {"dues", "gifts", "shop_sales", "course_fees"}


@pytest.mark.django_db
def test_funds_are_summed_all_at_once(django_assert_num_queries: Any) -> None:
    from receipts.ledger import fund_balance
    from receipts.models import Fund

    roof = Fund.objects.create(name="Roof")
    a_payment(a_line(1_000, fund=roof), a_line(300))
    with django_assert_num_queries(2):
        left = balances(currency="USD")
    assert left == {roof.pk: 1_000, Fund.unrestricted().pk: 300}
    assert left[roof.pk] == fund_balance(roof, currency="USD")


# -- The chart ----------------------------------------------------------------------------------------------

ROWS = st.lists(
    st.builds(
        IncomeRow,
        month=st.sampled_from([202501, 202502, 202503]),
        stream=st.sampled_from(["dues", "gifts", "grants"]),
        currency=st.just("USD"),
        amount=st.integers(-(10**9), 10**12),
    ),
    min_size=1,
    max_size=9,
    unique_by=lambda row: (row.month, row.stream),
)


@given(rows=ROWS)
def test_every_bar_lies_inside_the_picture_and_says_its_figure(rows: list[IncomeRow]) -> None:
    (table,) = income_tables(rows, start_month=202501, end_month=202504)
    chart = income_chart(table)
    for bar in chart.bars:
        assert float(bar.y) >= 0
        assert float(bar.y) + float(bar.height) <= chart.height
        assert chart.left <= float(bar.x)
        assert float(bar.x) + float(bar.width) <= chart.right
        assert "USD" in bar.title or "$" in bar.title
    assert 2 <= len(chart.lines) <= 12


def test_the_chart_is_a_picture_with_a_title_and_a_text() -> None:
    rows = [
        IncomeRow(month=202501, stream="dues", currency="USD", amount=10_000),
        IncomeRow(month=202502, stream="gifts", currency="USD", amount=-3_000),
    ]
    (table,) = income_tables(rows, start_month=202501, end_month=202503)
    html = render_to_string("receipts/staff/chart.html", {"chart": income_chart(table), "forloop": {"counter": 1}})
    svg = ElementTree.fromstring(html[html.index("<svg") : html.index("</svg>") + 6])
    told = {element.tag: element.text for element in svg}
    assert told["title"] == "Income by stream and month, USD"
    assert told["desc"] == "$70.00 in all from 2025-01 to 2025-02. The largest stream is Membership dues with $100.00."
    assert len(svg.findall("rect")) == 2
    assert table.total == sum(table.of_month(month) for month in table.months)
