"""What the shop's reports say is what the books say, added up by product, maker, category, purpose or month."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.db.models import Sum
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from payments import checkout, worker
from payments.models import Payment
from payments.refund_parts import left_of
from payments.refunding import request_refund
from receipts.chart import Account
from receipts.ledger import IncomeLine, account_balance, record_income
from receipts.models import Entry, Fund
from receipts.months import month_of, next_month
from shop.models import Category, Order, ProductCategory, Stock, StockMovement
from shop.reports.bars import WIDTH, bars_of
from shop.reports.figures import Figures, Period, figures_by_line, line_named
from shop.reports.sales import DIMENSIONS, SalesReport, sales_reports
from shop.reports.stock_value import stock_value
from tests.offering.models import Offering
from tests.receipts import cast
from tests.receipts.books import a_payer
from tests.shop.desk import a_paid_order
from tests.shop.shelves import a_maker, a_variant, an_order, row

if TYPE_CHECKING:
    from tests.sandbox_client import Sandbox

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def this_year(**fields: Any) -> Period:
    now = month_of(timezone.now())
    return Period(start=now - 100, end=next_month(now), **fields)


def report(by: str, **fields: Any) -> SalesReport:
    (only,) = sales_reports(by, this_year(**fields))
    return only


def figures(by: str, **fields: Any) -> dict[str, tuple[int, int, int, int]]:
    return {row.label: (row.units, row.sales, row.maker_pay, row.materials) for row in report(by, **fields).rows}


def paid(sandbox: Sandbox, *payables: Any) -> Payment:
    started = checkout.start(payer=a_payer(), payables=list(payables), cancel_path="/")
    sandbox.complete(str(started.session_id))
    worker.sync("checkout.session", str(started.session_id))
    started.refresh_from_db()
    assert started.status == Payment.Status.PAID
    return started


def refund_unit(payment: Payment, order: Order) -> None:
    """One unit of its first line, which is cancelled by it."""
    left = next(one for one in left_of(payment) if one.line.subject == order.order_lines.first().subject)
    part = left.of_quantity(1)
    request_refund(payment, amount=part.gross, reason="Broken", by=None, parts=[part])


@pytest.fixture
def year(connected_sandbox: Sandbox) -> list[Order]:
    """Two orders that were really paid, one of them with a gift beside it; one candle went back."""
    candle, soap = a_variant(title="Candle"), a_variant(title="Soap", maker_pay=500)
    type(soap.product).objects.filter(pk=soap.product_id).update(purpose="unrelated", maker=a_maker("Ines"))
    soap.refresh_from_db()
    soap.product.refresh_from_db()
    light = Category.objects.create(name="Light", slug="light")
    gifts = Category.objects.create(name="Gifts", slug="gifts", order=5)
    for category in (gifts, light):
        ProductCategory.objects.create(product=candle.product, category=category)
    one = an_order(row(candle, 3, tax=330), row(soap, 1, discount=500))
    two = an_order(row(candle, 1))
    first = paid(connected_sandbox, one, Offering.objects.create(name="A gift", amount=5000))
    paid(connected_sandbox, two)
    refund_unit(first, one)
    return [one, two]


def ledger_balance(account: str) -> int:
    return account_balance(account, currency="USD")


class TestSales:
    def test_every_way_sums_to_what_the_books_say(self, year: list[Order]) -> None:
        for by in DIMENSIONS:
            total = report(by).total
            assert total.sales == abs(ledger_balance(Account.SHOP_SALES)) == 3 * 2000 + 1500
            assert total.maker_pay == abs(ledger_balance(Account.MAKER_PAY)) == 3 * 800 + 500
            assert total.units == 4 and total.materials == 4 * 200
            assert total.sending == abs(ledger_balance(Account.SHIPPING_INCOME)) == 2 * 500

    def test_by_product_maker_category_purpose_and_month(self, year: list[Order]) -> None:
        candle, soap = (3, 6000, 2400, 600), (1, 1500, 500, 200)
        assert figures("product") == {"Candle": candle, "Soap": soap}
        assert figures("maker") == {"Rosa": candle, "Ines": soap}
        assert figures("category") == {"Light": candle, "No category": soap}
        assert figures("purpose") == {"Related to our purpose": candle, "Unrelated to our purpose": soap}
        now = month_of(timezone.now())
        assert figures("month") == {f"{now // 100}-{now % 100:02d}": (4, 7500, 2900, 800)}

    def test_stripes_fee_falls_on_each_line_by_what_was_paid_for_it(self, year: list[Order]) -> None:
        fees = Entry.objects.filter(debit=Account.STRIPE_FEES).order_by("pk").values_list("amount", flat=True)
        first, second = fees
        # 63.30 were for candles, 15.00 for soap, 5.00 for sending, and 50.00 were a gift.
        rows = {row.label: row.fees for row in report("product").rows}
        paid_in_all = 6330 + 1500 + 500 + 5000
        goods_of_second = second * 2000 // 2500
        assert abs(rows["Soap"] - first * 1500 // paid_in_all) <= 1
        assert abs(rows["Candle"] - (first * 6330 // paid_in_all + goods_of_second)) <= 2

    def test_sending_is_related_to_the_purpose_as_its_goods_are(self, year: list[Order]) -> None:
        # 5.00 for candles of 60.00 and soap of 15.00; 5.00 for the one candle of the other order.
        sending = {row.label: row.sending for row in report("purpose").rows}
        assert sending == {"Related to our purpose": 400 + 500, "Unrelated to our purpose": 100}
        margins = {row.label: row.sales - row.maker_pay - row.materials - row.fees for row in report("purpose").rows}
        assert {row.label: row.margin for row in report("purpose").rows} == margins, "and no part of what is left"

    def test_sending_that_was_given_back_is_taken_off(self, year: list[Order]) -> None:
        payment = Payment.objects.get(items__payable_kind="shop.order", items__payable_id=year[0].pk)
        left = next(one for one in left_of(payment) if one.line.subject == year[0].shipping_subject)
        request_refund(payment, amount=200, reason="Late", by=None, parts=[left.of_amount(200)])
        sending = {row.label: row.sending for row in report("product").rows}
        assert sending == {"Candle": 400 + 500 - 160, "Soap": 100 - 40}

    def test_sending_of_free_goods_is_shared_alike_and_of_no_order_stands_apart(
        self, connected_sandbox: Sandbox
    ) -> None:
        rows = [row(a_variant(title=title), 1, discount=2000) for title in ("Candle", "Soap")]
        paid(connected_sandbox, an_order(*rows))
        record_income(
            reference="market:2", occurred_at=timezone.now(), payer=None, currency="USD", held_in=Account.CASH,
            lines=[IncomeLine(account=Account.SHIPPING_INCOME, amount=70, fund=Fund.unrestricted())],
        )  # fmt: skip
        sending = {row.label: row.sending for row in report("product").rows}
        assert sending == {"Candle": 250, "Soap": 250, "Not from an order": 70}

    def test_what_was_recorded_later_is_not_known_yet(self, year: list[Order]) -> None:
        assert sales_reports("product", this_year(as_of=timezone.now() - timedelta(days=1))) == []

    def test_a_month_without_sales_has_no_report(self, year: list[Order]) -> None:
        assert sales_reports("product", Period(start=202001, end=202002)) == []

    def test_what_the_books_know_of_no_order_is_shown_apart(self, year: list[Order]) -> None:
        record_income(
            reference="market:1", occurred_at=timezone.now(), payer=None, currency="USD", held_in=Account.CASH,
            lines=[IncomeLine(account=Account.SHOP_SALES, amount=900, fund=Fund.unrestricted())],
        )  # fmt: skip
        assert figures("product")["Not from an order"] == (0, 900, 0, 0)
        assert report("maker").total.sales == abs(ledger_balance(Account.SHOP_SALES))

    def test_an_order_that_could_not_be_filled_sold_nothing(self) -> None:
        order = a_paid_order()
        Order.objects.filter(pk=order.pk).update(state=Order.State.UNFILLABLE)
        rows = [one for found in sales_reports("product", this_year()) for one in found.rows]
        assert [row.units for row in rows] == [0]

    def test_many_lines_take_as_many_queries_as_few(self, year: list[Order], django_assert_num_queries: Any) -> None:
        with CaptureQueriesContext(connection) as few:
            report("category")
        assert len(few) <= 12
        for _ in range(5):
            a_paid_order(row(a_variant(), 2), row(a_variant()))
        with django_assert_num_queries(len(few)):
            report("category")

    def test_a_cost_without_a_sale_has_no_share(self) -> None:
        assert Figures(maker_pay=5).maker_share is None
        assert Figures(sales=3000, maker_pay=1000).maker_share == 333
        assert Figures(sales=100, maker_pay=60, materials=30, fees=20).margin == -10

    @pytest.mark.parametrize(
        ("text", "line"),
        [("orderline:12", 12), ("orderline:12:maker_pay", 12), ("orderline:x", None), ("order:12", None), ("", None),
         ("orderline:12x", None)],
    )  # fmt: skip
    def test_a_subject_names_its_line(self, text: str, line: int | None) -> None:
        assert line_named(text) == line

    def test_bars_stay_within_their_row(self, year: list[Order]) -> None:
        bars = bars_of(report("product"))
        assert [bar.label for bar in bars] == ["Candle", "Soap"]
        ends = [bar.parts[-1].x + bar.parts[-1].width for bar in bars]
        assert ends[0] <= WIDTH and abs(ends[1] - WIDTH * 1500 // 6000) <= 4


class TestStockValue:
    def test_it_is_what_lies_there_at_cost(self) -> None:
        a_variant(stock=3, title="Candle")
        a_variant(stock=0, title="Soap")
        found = stock_value()
        assert [(row.product, row.on_hand, row.value) for row in found.rows] == [("Candle", 3, 3000)]
        assert (found.units, found.value, found.currency) == (3, 3000, "USD")

    def test_it_is_told_as_it_was_on_a_day(self) -> None:
        candle = a_variant(stock=3)
        StockMovement.objects.update(at=timezone.now() - timedelta(days=10))
        StockMovement.objects.create(variant=candle, change=-2, on_hand_after=1, reason="sold")
        Stock.objects.filter(pk=candle.pk).update(on_hand=1)
        assert stock_value(timezone.now() - timedelta(days=5)).units == 3
        assert stock_value().units == 1
        assert stock_value(timezone.now() - timedelta(days=20)).rows == []


class TestScreens:
    @pytest.fixture
    def tessa(self, settings: Any) -> Client:
        settings.STAFF_SECOND_FACTOR = False
        return cast.signed_in(cast.in_group("Finance", "tessa@example.org"))

    def exported(self, client: Client, name: str, **query: Any) -> list[list[str]]:
        answer = client.get(reverse(f"shop_reports:{name}"), {"export": "csv", **query})
        return list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))

    def test_table_and_file_say_the_same(self, tessa: Client, year: list[Order]) -> None:
        text = tessa.get(reverse("shop_reports:index"), {"by": "maker"}).content.decode()
        assert "$60.00" in text and "40.0 %" in text and "Rosa" in text
        header, first, second = self.exported(tessa, "index", by="maker")
        told = dict(zip(header, first, strict=True))
        assert (told["Maker"], told["Units"], told["Sales"], told["Maker pay"]) == ("Rosa", "3", "60.00", "24.00")
        assert told["Maker pay in %"] == "40.0" and second[0] == "Ines"
        assert told["Paid for sending"] == "9.00" and "$9.00" in text
        xlsx = tessa.get(reverse("shop_reports:index"), {"by": "maker", "export": "xlsx"})
        assert xlsx.status_code == 200 and "sales-by-maker" in xlsx["Content-Disposition"]

    def test_the_stock_is_exported_too(self, tessa: Client) -> None:
        candle = a_variant(stock=3)
        assert candle.sku in tessa.get(reverse("shop_reports:stock")).content.decode()
        assert self.exported(tessa, "stock")[1][3:] == ["3", "8.00", "2.00", "30.00", "USD"]

    @pytest.mark.parametrize(
        "query", [{"by": "x"}, {"first": "2020"}, {"first": "2021-01", "last": "2020-01"}, {"as_of": "yesterday"}]
    )
    def test_bad_input_is_answered_beside_the_field(self, tessa: Client, query: dict[str, str]) -> None:
        answer = tessa.get(reverse("shop_reports:index"), query)
        assert answer.status_code == 200 and answer.context["form"].errors
        assert tessa.get(reverse("shop_reports:index"), {**query, "export": "csv"}).status_code == 200

    def test_who_keeps_the_shop_sees_no_reports_and_auditors_do(self, kit: Client) -> None:
        otto = cast.signed_in(cast.in_group("Auditors", "otto@example.org"))
        for name in ("index", "stock"):
            assert kit.get(reverse(f"shop_reports:{name}")).status_code == 302
            assert otto.get(reverse(f"shop_reports:{name}")).status_code == 200


def test_no_entry_is_left_out(year: list[Order]) -> None:
    """By each line the sum of its entries, so that nothing of the ledger is counted twice or not at all."""
    by_line = figures_by_line(this_year())
    for order in year:
        for line in order.order_lines.all():
            entries = Entry.objects.filter(subject=line.subject)
            came = entries.filter(credit=Account.SHOP_SALES).aggregate(s=Sum("amount"))["s"] or 0
            went = entries.filter(debit=Account.SHOP_SALES).aggregate(s=Sum("amount"))["s"] or 0
            told = sum(one.sales for (pk, _, _), one in by_line.items() if pk == line.pk)
            assert told == came - went
