"""Where a price goes, to the last unit, in every currency."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from payments.models import TaxRate
from payments.models.tax import TaxSettings
from shop.makers.price_split import PriceSplit, price_split, price_splits
from shop.models import MakerSettings, Variant
from tests.shop.makers import a_variant

amounts = st.integers(min_value=0, max_value=99_999_999)


@given(
    price=st.integers(min_value=1, max_value=99_999_999), maker_pay=amounts, materials=amounts, tax=amounts, fee=amounts
)
def test_the_parts_sum_to_the_price_whatever_they_are(
    price: int, maker_pay: int, materials: int, tax: int, fee: int
) -> None:
    split = price_split(
        price=price, currency="USD", maker_pay=maker_pay, materials=materials, tax=tax, fee=fee, is_before_tax=False
    )
    assert sum(part.amount for part in split.parts) - split.added == price
    assert sum(part.percent for part in split.parts) == 100
    assert all(part.amount > 0 and part.percent >= 0 for part in split.parts)
    assert [part.start for part in split.parts] == [
        sum(part.percent for part in split.parts[:place]) for place in range(len(split.parts))
    ]


def told(split: PriceSplit | None) -> dict[str, int]:
    assert split
    return {part.key: part.amount for part in split.parts}


@pytest.mark.django_db
class TestAVariant:
    def test_before_tax_the_programme_gets_what_the_costs_leave(self) -> None:
        MakerSettings.objects.create(fee_fixed=30)
        (split,) = price_splits([a_variant(price=3800)])
        # 2.9 % of 38.00 is 1.102: rounded up, and 0.30 on top.
        assert told(split) == {"maker": 900, "materials": 400, "programme": 2359, "fee": 141}
        assert split and split.is_before_tax

    def test_tax_that_is_in_the_price_is_a_part_of_it(self) -> None:
        TaxSettings.objects.create(includes_tax=True, ships_from="DE")
        TaxRate.objects.create(name="VAT", country="DE", rate="19", valid_from=date(2020, 1, 1))
        (split,) = price_splits([a_variant(price=3800)])
        assert told(split)["tax"] == 607
        assert sum(told(split).values()) == 3800
        assert split and not split.is_before_tax

    @pytest.mark.parametrize(("currency", "price"), [("JPY", 3800), ("USD", 3799), ("KWD", 12345)])
    def test_it_holds_for_none_two_and_three_decimals(self, settings: Any, currency: str, price: int) -> None:
        settings.REPORTING_CURRENCY = currency
        TaxSettings.objects.create(includes_tax=True, ships_from="DE")
        TaxRate.objects.create(name="VAT", country="DE", rate="9.9750", valid_from=date(2020, 1, 1))
        (split,) = price_splits([a_variant(price=price)])
        assert split and sum(told(split).values()) == price
        assert split.currency == currency

    def test_at_a_sale_price_the_maker_gets_no_less(self) -> None:
        (split,) = price_splits([a_variant(price=3800)], prices=[1000])
        assert split and (told(split)["maker"], split.added) == (900, 329)
        assert "programme" not in told(split)
        page = render_to_string("shop/components/price_split.html", {"split": split, "name": ""})
        assert "We add" in page and "−$3.29" in page

    def test_nothing_is_said_where_nothing_is_known_or_staff_say_nothing(self) -> None:
        assert price_splits([a_variant(maker_pay=0, materials_cost=0)]) == [None]
        MakerSettings.objects.update(shows_price_split=False)
        assert price_splits([a_variant()]) == [None]
        assert render_to_string("shop/components/price_split.html", {"split": None}).strip() == ""

    def test_twenty_variants_take_as_many_queries_as_one(self) -> None:
        TaxSettings.objects.create(includes_tax=True, ships_from="DE")
        for _ in range(5):
            a_variant()

        def queries(variants: list[Variant]) -> int:
            with CaptureQueriesContext(connection) as seen:
                price_splits(variants)
            return len(seen)

        variants = list(Variant.objects.select_related("product"))
        queries(variants[:1])
        assert queries(variants) == queries(variants[:1]) <= 4

    def test_the_table_names_each_part_and_the_bar_is_for_the_eye_alone(self) -> None:
        (split,) = price_splits([a_variant()])
        page = render_to_string("shop/components/price_split.html", {"split": split, "name": "Blue"})
        assert '<th scope="row">' in page and "Where $38.00 goes" in page and "aria-hidden" in page
        assert "style=" not in page
