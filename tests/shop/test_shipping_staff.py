"""Shop keepers say where we send to and for how much, and try out what a customer is offered."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from shop.models import ShippingMethod, ShippingZone
from tests.receipts import cast
from tests.shop.test_shipping_choices import a_way, a_zone

pytestmark = pytest.mark.django_db
By = ShippingMethod.By


def way_data(zone: ShippingZone, *bands: tuple[str, str], **changes: Any) -> dict[str, Any]:
    fields = {
        "zone": zone.pk,
        "name": "Parcel",
        "by": "weight",
        "free_over": "",
        "least_days": "2",
        "most_days": "5",
        "details": "",
        "order": "0",
        "tax_category": "shipping",
        "is_offered": "on",
        "bands": inline_formset([{"up_to": up_to, "price": price} for up_to, price in bands]),
    }
    return dict(nested_form_data({**fields, **changes}))


def add_way(kit: Client, *bands: tuple[str, str], **changes: Any) -> Any:
    zone = ShippingZone.objects.first() or a_zone()
    return kit.post(reverse("shipping_methods:add"), way_data(zone, *bands, **changes), follow=True)


def errors(answer: Any) -> Any:
    form = answer.context["form"]
    assert not form.is_valid()
    return form


class TestWays:
    def test_prices_by_weight_are_typed_in_grams_and_money(self, kit: Client) -> None:
        add_way(kit, ("2000", "4.50"), ("5000 g", "7"), ("", "12.00"))
        bands = ShippingMethod.objects.get().bands.all()
        assert [(band.up_to, band.price) for band in bands] == [(2000, 450), (5000, 700), (None, 1200)]

    def test_limits_by_price_are_amounts_and_shown_so_again(self, kit: Client) -> None:
        add_way(kit, ("49.99", "4.50"), ("", "0"), by="price", free_over="100")
        method = ShippingMethod.objects.get()
        assert [(band.up_to, band.price) for band in method.bands.all()] == [(4999, 450), (None, 0)]
        assert method.free_over == 10_000
        page = kit.get(reverse("shipping_methods:edit", args=[method.pk])).content.decode()
        assert 'value="49.99"' in page and 'value="100.00"' in page

    @pytest.mark.parametrize("typed", ["2.5", "two", "-1", "0", "99999999999", "٣"])
    def test_a_limit_that_is_no_weight_is_refused_beside_it_and_kept(self, kit: Client, typed: str) -> None:
        form = errors(add_way(kit, (typed, "4.50")))
        row = form.formsets["bands"].forms[0]
        assert row.errors["up_to"] and row["up_to"].value() == typed
        assert not ShippingMethod.objects.exists()

    def test_a_price_that_no_card_pays_is_refused_beside_it_and_kept(self, kit: Client, settings: Any) -> None:
        settings.REPORTING_CURRENCY = "KWD"
        row = errors(add_way(kit, ("1000", "1.234"))).formsets["bands"].forms[0]
        assert "last decimal of KWD" in row.errors["price"][0] and row["price"].value() == "1.234"
        add_way(kit, ("1000", "1.230"))
        assert ShippingMethod.objects.get().bands.get().price == 1230

    def test_two_prices_for_one_limit_are_refused(self, kit: Client) -> None:
        form = errors(add_way(kit, ("1000", "4"), ("1000", "5")))
        assert "already" in str(form.formsets["bands"].forms[1].errors["up_to"])

    def test_two_prices_without_a_limit_are_refused(self, kit: Client) -> None:
        form = errors(add_way(kit, ("", "4"), ("", "5")))
        assert "already" in str(form.formsets["bands"].forms[1].errors["up_to"])

    def test_a_way_says_what_it_costs(self, kit: Client) -> None:
        assert "at least one price" in str(errors(add_way(kit)).errors["by"])

    def test_picking_up_says_where_and_costs_nothing(self, kit: Client) -> None:
        form = errors(add_way(kit, ("", "4"), by="pickup"))
        assert "remove its prices" in str(form.errors["by"]) and "Say where" in str(form.errors["details"])
        add_way(kit, by="pickup", details="Fridays, 9 to 12")
        assert ShippingMethod.objects.get().by == By.PICKUP

    def test_days_run_forward(self, kit: Client) -> None:
        assert "no fewer days" in str(errors(add_way(kit, ("", "4"), least_days="6")).errors["most_days"])

    def test_a_heavier_parcel_that_costs_less_is_kept_and_warned_about(self, kit: Client) -> None:
        answer = add_way(kit, ("1000", "9"), ("2000", "4"))
        assert ShippingMethod.objects.exists()
        assert "heavier parcel costs less" in answer.content.decode()

    def test_changing_prices_keeps_the_others(self, kit: Client) -> None:
        method = a_way(a_zone(), (1000, 400), (2000, 700))
        first, second = method.bands.all()
        bands = inline_formset(
            [{"id": first.pk, "up_to": "1000", "price": "5.00"}, {"id": second.pk, "up_to": "2000", "price": "7.00"}],
            initial=2,
        )
        kit.post(reverse("shipping_methods:edit", args=[method.pk]), way_data(method.zone, bands=bands))
        assert [(band.pk, band.price) for band in method.bands.all()] == [(first.pk, 500), (second.pk, 700)]


def add_zone(kit: Client, **changes: Any) -> Any:
    fields = {"name": "Home", "order": "0", "countries": ["US"], "postcodes": ""}
    return kit.post(reverse("shipping_zones:add"), {**fields, **changes}, follow=True)


class TestZones:
    def test_postcodes_are_kept_one_a_line_and_once(self, kit: Client) -> None:
        add_zone(kit, postcodes="041\r\n 04 2 ,041\n\n")
        assert ShippingZone.objects.get().postcodes == "041\n04 2"

    def test_postcodes_need_a_country(self, kit: Client) -> None:
        assert "of." in str(errors(add_zone(kit, countries=[], postcodes="041")).errors["postcodes"])

    def test_a_country_that_is_none_is_refused(self, kit: Client) -> None:
        assert errors(add_zone(kit, countries=["XX"])).errors["countries"]

    def test_a_zone_behind_another_is_warned_about_when_saved_and_in_the_list(self, kit: Client) -> None:
        a_zone("First", "US CA", order=1)
        said = "United States of America: “First” comes before “Home” and takes it"
        assert said in add_zone(kit, order="5").content.decode()
        assert said in kit.get(reverse("shipping_zones:index")).content.decode()

    def test_the_list_names_places_and_counts_ways(self, kit: Client) -> None:
        a_way(a_zone("Europe", "DE FR IT ES NL"), (None, 400))
        a_zone("Everywhere else", "", order=3)
        page = kit.get(reverse("shipping_zones:index")).content.decode()
        assert "France, Germany, Italy, Netherlands and 1 more" in page and "Everywhere else" in page

    @pytest.mark.parametrize("listing", ["shipping_zones:index", "shipping_methods:index"])
    def test_many_take_as_many_queries_as_few(
        self, kit: Client, listing: str, django_assert_max_num_queries: Any, django_assert_num_queries: Any
    ) -> None:
        for number in range(2):
            a_way(a_zone(f"Zone {number}", "FR", order=number), (1000, 100), (None, 300))
        kit.get(reverse(listing))
        with django_assert_max_num_queries(40) as few:
            kit.get(reverse(listing))
        for number in range(2, 12):
            a_way(a_zone(f"Zone {number}", "FR", order=number), (1000, 100), (None, 300))
        with django_assert_num_queries(len(few)):
            kit.get(reverse(listing))


class TestTryingOut:
    def tried(self, kit: Client, **asked: Any) -> str:
        fields = {"country": "US", "postcode": "04101", "weight": "500", "price": "20.00"}
        return str(kit.get(reverse("shipping_zones:try"), {**fields, **asked}).content.decode())

    def test_it_shows_what_a_customer_gets(self, kit: Client) -> None:
        a_way(a_zone(), (1000, 450), free_over=5000)
        assert "$4.50" in self.tried(kit) and "“Home”" in self.tried(kit)
        assert "Free" in self.tried(kit, price="50")

    def test_it_says_why_nothing_is_offered(self, kit: Client) -> None:
        a_way(a_zone(), (1000, 450))
        assert "No zone takes this place" in self.tried(kit, country="FR")
        assert "has no way of sending" in self.tried(kit, weight="5000")

    @pytest.mark.parametrize("asked", [{"weight": "-1"}, {"weight": "two"}, {"price": "x"}, {"country": "XX"}])
    def test_bad_input_is_answered_beside_the_field(self, kit: Client, asked: dict[str, str]) -> None:
        page = kit.get(
            reverse("shipping_zones:try"), {"country": "US", "weight": "1", "price": "1", "postcode": "", **asked}
        )
        assert page.status_code == 200 and page.context["form"].errors.keys() == asked.keys()


def test_who_keeps_no_shop_sees_none_of_it(kit: Client) -> None:
    editor = cast.signed_in(cast.in_group("Editors", "eddie@example.org"))
    for name in ("shipping_zones:index", "shipping_zones:try", "shipping_methods:add"):
        assert kit.get(reverse(name)).status_code == 200
        assert editor.get(reverse(name)).status_code in (302, 403)


def test_finance_has_what_shop_keepers_have_and_the_export(tess: Any) -> None:
    assert tess.has_perms(["shop.view_order", "shop.fulfil_order", "shop.export_order", "shop.change_shippingzone"])
    kit = cast.in_group("Shop keepers", "kit@example.org")
    assert kit.has_perms(["wagtailadmin.access_admin", "shop.view_order", "shop.fulfil_order"])
    assert not kit.has_perm("shop.export_order") and not kit.has_perm("payments.refund_payment")
