"""What a customer is offered: the first zone that fits, by weight or price, free over a sum, picked up, or nothing."""

from __future__ import annotations

from typing import Any

import pytest

from payments.goods import DeliveryChoice, Destination, Priced, Wanted
from shop.models import ShippingBand, ShippingMethod, ShippingZone
from shop.shipping.choices import delivery_choices
from shop.shipping.places import shadows

pytestmark = pytest.mark.django_db
By = ShippingMethod.By


def a_zone(name: str = "Home", countries: str = "US", postcodes: str = "", order: int = 0) -> ShippingZone:
    return ShippingZone.objects.create(
        name=name, countries=",".join(countries.split()), postcodes=postcodes, order=order
    )


def a_way(zone: ShippingZone, *bands: tuple[int | None, int], **fields: Any) -> ShippingMethod:
    method = ShippingMethod.objects.create(zone=zone, **{"name": "Parcel", **fields})
    for up_to, price in bands:
        ShippingBand.objects.create(method=method, up_to=up_to, price=price)
    return method


def a_row(weight: int = 500, quantity: int = 1, needs_delivery: bool = True) -> tuple[Wanted, Priced]:
    priced = Priced(reference="1", title="Candle", unit_amount=1000, weight=weight, needs_delivery=needs_delivery)
    return Wanted(reference="1", quantity=quantity), priced


def offered(
    country: str = "US", postcode: str = "04101", total: int = 1000, rows: list[Any] | None = None
) -> list[DeliveryChoice]:
    place = Destination(country=country, postcode=postcode)
    return delivery_choices(place, [a_row()] if rows is None else rows, total)


class TestPlaces:
    def test_the_first_zone_that_fits_is_taken(self) -> None:
        a_way(a_zone("Second", order=2), (None, 900))
        a_way(a_zone("First", order=1), (None, 500))
        assert [choice.amount for choice in offered()] == [500]

    def test_a_country_that_no_zone_has_is_offered_nothing(self) -> None:
        a_way(a_zone(), (None, 500))
        assert offered("FR") == []

    def test_a_zone_without_countries_takes_what_is_left(self) -> None:
        a_way(a_zone("Everywhere else", countries="", order=9), (None, 2500))
        a_way(a_zone("Home"), (None, 500))
        assert [choice.amount for choice in offered("FR")] == [2500]
        assert [choice.amount for choice in offered("US")] == [500]

    def test_nowhere_is_offered_nothing(self) -> None:
        a_way(a_zone("Everywhere else", countries=""), (None, 2500))
        assert offered("") == []

    @pytest.mark.parametrize("typed", ["M5V 3L9", "m5v3l9", "M5V-3L9", " m5v 3l9 "])
    def test_beginnings_fit_however_a_postcode_is_typed(self, typed: str) -> None:
        a_way(a_zone("Toronto", "CA", "M5\r\nM4 W"), (None, 300))
        assert [choice.amount for choice in offered("CA", typed)] == [300]
        assert offered("CA", "K1A 0B1") == []
        assert offered("CA", "") == []

    def test_a_zone_without_ways_offers_nothing_although_a_later_one_has_some(self) -> None:
        a_zone("Home", order=1)
        a_way(a_zone("Everywhere", "", order=2), (None, 500))
        assert offered() == []


class TestPrices:
    @pytest.mark.parametrize(
        ("weight", "quantity", "price"),
        [(500, 1, 400), (500, 2, 400), (501, 2, 700), (2500, 2, 700), (2501, 2, None), (0, 1, 400)],
    )
    def test_by_the_weight_of_all_units(self, weight: int, quantity: int, price: int | None) -> None:
        a_way(a_zone(), (5000, 700), (1000, 400))
        found = offered(rows=[a_row(weight, quantity)])
        assert [choice.amount for choice in found] == ([] if price is None else [price])

    def test_what_needs_no_delivery_weighs_nothing(self) -> None:
        a_way(a_zone(), (1000, 400))
        assert offered(rows=[a_row(900), a_row(9000, needs_delivery=False)])[0].amount == 400

    @pytest.mark.parametrize(("total", "price"), [(0, 900), (5000, 900), (5001, 500), (999_999, 500)])
    def test_by_the_price_of_the_goods(self, total: int, price: int) -> None:
        a_way(a_zone(), (5000, 900), (None, 500), by=By.PRICE)
        assert offered(total=total)[0].amount == price

    @pytest.mark.parametrize(("total", "price"), [(9999, 400), (10_000, 0)])
    def test_free_from_a_sum_on(self, total: int, price: int) -> None:
        a_way(a_zone(), (1000, 400), free_over=10_000)
        assert offered(total=total)[0].amount == price

    def test_free_does_not_carry_what_is_too_heavy(self) -> None:
        a_way(a_zone(), (1000, 400), free_over=100)
        assert offered(rows=[a_row(1001)]) == []

    def test_a_way_without_prices_is_not_offered(self) -> None:
        a_way(a_zone())
        assert offered() == []


class TestChoices:
    def test_they_say_what_they_are_in_the_staffs_order(self) -> None:
        zone = a_zone()
        a_way(zone, (None, 400), name="Letter", order=2, tax_category="reduced")
        pickup = a_way(zone, name="Workshop", by=By.PICKUP, details="Fridays, 9 to 12", order=1)
        a_way(zone, (None, 100), name="Off", is_offered=False)
        first, second = offered()
        assert first == DeliveryChoice(
            key=str(pickup.pk), label="Workshop", amount=0, detail="Fridays, 9 to 12", is_pickup=True
        )
        assert (second.label, second.detail, second.tax_category) == ("Letter", "2 to 5 days", "reduced")

    def test_many_zones_ways_and_rows_take_three_queries(self, django_assert_num_queries: Any) -> None:
        for number in range(8):
            zone = a_zone(f"Zone {number}", "FR", order=number)
            for way in range(4):
                a_way(zone, (1000, 100), (2000, 200), (None, 300), name=f"Way {way}")
        with django_assert_num_queries(3):
            assert len(offered("FR", rows=[a_row() for _ in range(30)])) == 4


class TestZonesInEachOthersWay:
    @pytest.mark.parametrize(
        ("first", "second", "is_taken"),
        [
            (("US", ""), ("US CA", ""), True),
            (("US", ""), ("CA", ""), False),
            (("US", ""), ("US", "04"), True),
            (("US", "04"), ("US", ""), False),
            (("US", "04"), ("US", "041"), True),
            (("US", "041"), ("US", "04"), False),
            (("", ""), ("US", ""), True),
            (("US", ""), ("", ""), False),
        ],
    )
    def test_one_is_in_the_way_where_it_takes_all_of_what_a_later_one_names(
        self, first: tuple[str, str], second: tuple[str, str], is_taken: bool
    ) -> None:
        earlier, later = a_zone("A", *first, order=1), a_zone("B", *second, order=2)
        assert bool(list(shadows([earlier, later]))) is is_taken
