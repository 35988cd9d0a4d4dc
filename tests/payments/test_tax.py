"""What tax is due on what is sold: by place, category and day, to the last minor unit."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from payments.models import TaxRate
from payments.tax.reckoning import Taxable, Taxed, _put_on_top, _taken_out, tax_on

pytestmark = pytest.mark.both_databases

DAY = date(2026, 11, 22)


def a_rate(name: str, rate: str, place: str = "CA", **fields: Any) -> TaxRate:
    country, _, region = place.partition("-")
    values = {"category": "standard", "valid_from": date(2008, 1, 1), **fields}
    return TaxRate.objects.create(name=name, rate=Decimal(rate), country=country, region=region, **values)


def taxed(
    amount: int, place: str = "CA-QC", *, category: str = "standard", on: date = DAY, includes_tax: bool = False
) -> Taxed:
    country, _, region = place.partition("-")
    line = Taxable(category=category, amount=amount, currency="CAD")
    (answer,) = tax_on([line], country=country, region=region, on=on, includes_tax=includes_tax)
    return answer


@pytest.mark.django_db
class TestWhichRates:
    def test_several_taxes_stand_on_one_line(self) -> None:
        a_rate("GST", "5")
        a_rate("QST", "9.975", "CA-QC")
        a_rate("PST", "7", "CA-BC")
        answer = taxed(10_000)
        assert answer == Taxed(
            net=10_000,
            tax=1498,
            taxes=(
                {"name": "GST", "rate": "5.0000", "amount": 500},
                {"name": "QST", "rate": "9.9750", "amount": 998},
            ),
        )
        assert answer.gross == 11_498
        assert [one["name"] for one in taxed(10_000, "CA-bc").taxes] == ["GST", "PST"]
        assert [one["name"] for one in taxed(10_000, "CA").taxes] == ["GST"]

    def test_where_no_rate_is_kept_nothing_is_due(self) -> None:
        a_rate("GST", "5")
        assert taxed(10_000, "FR") == Taxed(net=10_000, tax=0)
        assert taxed(10_000, "FR", includes_tax=True) == Taxed(net=10_000, tax=0)

    def test_the_rate_of_a_region_replaces_that_of_the_country(self) -> None:
        a_rate("VAT", "21", "ES")
        a_rate("VAT", "0", "ES-Las Palmas")
        assert taxed(10_000, "ES-Madrid").tax == 2100
        assert taxed(10_000, "ES-las palmas").taxes == ({"name": "VAT", "rate": "0.0000", "amount": 0},)

    def test_of_rows_that_overlap_the_one_that_began_last_applies(self) -> None:
        """Germany lowered its VAT for half a year: one more row, and the old one goes on afterwards."""
        a_rate("VAT", "19", "DE", valid_from=date(2007, 1, 1))
        a_rate("VAT", "16", "DE", valid_from=date(2020, 7, 1), valid_until=date(2020, 12, 31))
        days = {date(2006, 12, 31): 0, date(2020, 6, 30): 1900, date(2020, 7, 1): 1600, date(2020, 12, 31): 1600}
        for day, tax in {**days, date(2021, 1, 1): 1900}.items():
            assert taxed(10_000, "DE", on=day).tax == tax, day

    @pytest.mark.parametrize(("category", "tax"), [("reduced", 700), ("zero", 0), ("books", 1900), ("", 0)])
    def test_a_category_without_a_rate_is_taxed_as_standard_and_zero_never(self, category: str, tax: int) -> None:
        a_rate("VAT", "19", "DE")
        a_rate("VAT", "7", "DE", category="reduced")
        assert taxed(10_000, "DE", category=category).tax == tax

    def test_zero_may_be_said_on_the_invoice(self) -> None:
        a_rate("VAT", "0", "GB", category="zero")
        assert taxed(10_000, "GB", category="zero").taxes == ({"name": "VAT", "rate": "0.0000", "amount": 0},)

    def test_a_hundred_lines_are_one_query(self, django_assert_num_queries: Any) -> None:
        a_rate("VAT", "19", "DE")
        lines = [Taxable(category=f"kind-{n % 7}", amount=n, currency="EUR") for n in range(100)]
        with django_assert_num_queries(1):
            answers = tax_on(lines, country="DE", region="", on=DAY, includes_tax=True)
        assert [answer.gross for answer in answers] == list(range(100))
        with django_assert_num_queries(1):
            assert tax_on(lines[:1], country="", region="", on=DAY, includes_tax=True) == [Taxed(net=0, tax=0)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"rate": "-0.0001"}, "a_tax_rate_is_0_to_100_percent"),
        ({"rate": "100.0001"}, "a_tax_rate_is_0_to_100_percent"),
        ({"rate": "5", "valid_until": date(2007, 12, 31)}, "a_tax_rate_does_not_end_before_it_begins"),
    ],
)
def test_the_database_refuses_what_is_no_rate(fields: dict[str, Any], constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        a_rate("VAT", **fields)


@pytest.mark.django_db
def test_the_database_refuses_the_same_row_twice() -> None:
    a_rate("VAT", "19", "DE")
    with pytest.raises(IntegrityError, match="one_tax_rate_per_place|UNIQUE"), transaction.atomic():
        a_rate("VAT", "16", "DE")


# -- To the last unit ---------------------------------------------------------------------------------------

percents = st.integers(min_value=0, max_value=1_000_000).map(lambda units: Decimal(units).scaleb(-4))
some_rates = st.lists(percents, max_size=5).map(
    lambda rates: [TaxRate(name=f"Tax {place}", rate=rate) for place, rate in enumerate(rates)]
)
# One unit is a yen, a cent or a thousandth of a dinar: what is whole in minor units is whole in every currency.
amounts = st.integers(min_value=-(10**12), max_value=10**12)


def half_up(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))


@given(amount=amounts, rates=some_rates)
def test_tax_on_top_is_each_rate_rounded_half_up(amount: int, rates: list[TaxRate]) -> None:
    answer = _put_on_top(amount, rates)
    assert answer.net == amount
    assert [one["amount"] for one in answer.taxes] == [half_up(amount * row.rate / 100) for row in rates]
    assert answer.tax == sum(one["amount"] for one in answer.taxes) and type(answer.tax) is int


@given(amount=amounts, rates=some_rates)
def test_tax_taken_out_leaves_exactly_the_amount(amount: int, rates: list[TaxRate]) -> None:
    answer = _taken_out(amount, rates)
    assert answer.gross == amount
    assert answer.tax == sum(one["amount"] for one in answer.taxes) and type(answer.tax) is int
    together = sum((row.rate for row in rates), Decimal(0))
    assert abs(answer.tax - amount * together / (100 + together)) <= Decimal("0.5")
    # Neither net nor any tax turns its sign.
    assert all(part * amount >= 0 for part in (answer.net, *(one["amount"] for one in answer.taxes)))
    for row, one in zip(rates, answer.taxes, strict=True):
        assert abs(one["amount"] - amount * row.rate / (100 + together)) < Decimal("1.5")


@pytest.mark.parametrize(
    ("amount", "percent", "on_top", "taken_out"),
    [
        # JPY: 10 % on 1,005 yen is 100.5; in 1,005 yen it is 91.36.
        (1005, "10", 101, 91),
        # USD: 8.875 % (New York City) on $19.99.
        (1999, "8.875", 177, 163),
        # KWD has three decimals: 5 % on 1.250.
        (1250, "5", 63, 60),
        (1, "50", 1, 0),
        (0, "19", 0, 0),
        (-1999, "8.875", -177, -163),
    ],
)
def test_rounding(amount: int, percent: str, on_top: int, taken_out: int) -> None:
    rates = [TaxRate(name="Tax", rate=Decimal(percent))]
    assert (_put_on_top(amount, rates).tax, _taken_out(amount, rates).tax) == (on_top, taken_out)


def test_tax_on_top_is_what_a_card_can_pay() -> None:
    """Of three decimals Stripe takes the last as 0 only: 5 % on 1.250 dinars is 0.0625, and 0.060 is asked for."""
    rates = [TaxRate(name="Tax", rate=Decimal(5))]
    assert [_put_on_top(amount, rates, step=10).tax for amount in (1250, 1300, 1290)] == [60, 70, 60]


@pytest.mark.parametrize(
    ("rate", "shown"), [("19", "19%"), ("9.975", "9.975%"), ("0", "0%"), ("20.5000", "20.5%"), ("100", "100%")]
)
def test_a_rate_reads_as_people_write_it(rate: str, shown: str) -> None:
    assert TaxRate(rate=Decimal(rate)).percent == shown
