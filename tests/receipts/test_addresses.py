"""Addresses as their country writes them: fields, postcodes, regions and lines."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.http import QueryDict
from django_countries import countries
from django_countries.fields import CountryField
from hypothesis import given
from hypothesis import strategies as st

from receipts.addresses.fields import AddressFields
from receipts.addresses.lines import format_address
from receipts.addresses.postcodes import normalise_postcode, refusal_of_postcode
from receipts.addresses.regions import find_region, regions_of, rules_of
from receipts.addresses.shapes import PARTS, shape_of

CODES = sorted(countries.countries)


class TestShapes:
    @pytest.mark.parametrize(
        ("country", "rows", "labels"),
        [
            ("US", (("line1",), ("line2",), ("city", "region", "postcode")), ("State", "ZIP code")),
            ("GB", (("line1",), ("line2",), ("city",), ("postcode",)), (None, "Postcode")),
            ("DE", (("line1",), ("line2",), ("postcode", "city")), (None, "Postcode")),
            ("JP", (("postcode",), ("region",), ("line1",), ("line2",)), ("Prefecture", "Postcode")),
            ("IN", (("line1",), ("line2",), ("city", "postcode"), ("region",)), ("State", "PIN code")),
            ("IE", (("line1",), ("line2",), ("city",), ("region",), ("postcode",)), ("County", "Eircode")),
            ("SG", (("line1",), ("line2",), ("postcode",)), (None, "Postcode")),
        ],
    )
    def test_each_country_asks_for_its_own_fields_in_its_own_order(self, country: str, rows: Any, labels: Any) -> None:
        shape = shape_of(country)
        assert shape.rows == rows
        region, postcode = labels
        assert shape.labels["postcode"] == postcode
        assert region is None or shape.labels["region"] == region

    @pytest.mark.parametrize("country", CODES)
    def test_every_country_can_be_written_to(self, country: str) -> None:
        shape = shape_of(country)
        assert {"line1", "line2"} <= set(shape.fields) <= set(PARTS) and len(set(shape.fields)) == len(shape.fields)
        assert shape.required <= set(shape.fields)
        assert len({key for key, _ in shape.regions}) == len(shape.regions)
        assert all(len(key) <= 40 and label for key, label in shape.regions), "the columns hold them"
        for example in rules_of(country).postal_code_examples:
            assert normalise_postcode(example, country=country), example
        for key, label in shape.regions:
            assert find_region(country, key) == key and find_region(country, label) in dict(shape.regions)

    @pytest.mark.parametrize("country", ["", "ZZ", "usa", "../", "\x00"])
    def test_of_no_country_what_most_ask_for(self, country: str) -> None:
        assert shape_of(country).fields == ("line1", "line2", "city", "postcode", "region")

    @pytest.mark.parametrize(
        ("country", "typed", "stored"),
        [
            ("US", "Maine", "ME"),
            ("US", " maine ", "ME"),
            ("US", "me", "ME"),
            ("CA", "Québec", "QC"),
            ("JP", "Tokyo", "東京都"),
            ("ES", "Araba", "VI"),
            ("US", "Bavaria", None),
            ("DE", "Bayern", None),
        ],
    )
    def test_a_region_has_many_names(self, country: str, typed: str, stored: str | None) -> None:
        assert find_region(country, typed) == stored

    def test_a_region_is_shown_so_that_a_stranger_can_read_it(self) -> None:
        assert ("北海道", "Hokkaido (北海道)") in regions_of("JP") and ("ME", "Maine") in regions_of("US")


class TestPostcodes:
    @pytest.mark.parametrize(
        ("typed", "country", "written"),
        [
            ("k1a0b1", "CA", "K1A 0B1"),
            ("K1A-0B1", "CA", "K1A 0B1"),
            ("ec1a1bb", "GB", "EC1A 1BB"),
            ("m1 1ae", "GB", "M1 1AE"),
            ("00950", "PL", "00-950"),
            ("1234ab", "NL", "1234 AB"),
            ("SE-114 55", "SE", "11455"),
            ("L-4750", "LU", "4750"),
            ("1000001", "JP", "100-0001"),
            ("１００－０００１", "JP", "100-0001"),
            ("〒100-0001", "JP", "100-0001"),
            ("٠١٢٣٤", "SA", "01234"),
            ("941051234", "US", "94105-1234"),
            ("4101", "US", None),
            ("12345", "CA", None),
            ("abc", "DE", None),
            ("", "DE", None),
        ],
    )
    def test_it_is_written_as_the_country_does_or_refused(self, typed: str, country: str, written: str | None) -> None:
        assert normalise_postcode(typed, country=country) == written

    def test_it_lies_in_the_region(self) -> None:
        assert normalise_postcode("04101", country="US", region="ME") == "04101"
        assert normalise_postcode("04101", country="US", region="CA") is None

    @pytest.mark.parametrize(
        ("typed", "country", "region", "sentence"),
        [
            ("12345", "CA", "", "12345 is no postcode of Canada. It looks like H3Z 2Y7."),
            ("4101", "US", "ME", "4101 is no ZIP code of the United States of America. It looks like 95014."),
            ("04101", "US", "CA", "04101 is no ZIP code of California. It looks like 90000."),
            ("x", "IE", "", "x is no Eircode of Ireland. It looks like A65 F4E2."),
        ],
    )
    def test_the_refusal_says_what_one_looks_like(self, typed: str, country: str, region: str, sentence: str) -> None:
        assert refusal_of_postcode(typed, country=country, region=region) == sentence

    @given(typed=st.text(max_size=20), country=st.sampled_from(CODES))
    def test_whatever_is_typed_is_answered_and_what_is_taken_stays(self, typed: str, country: str) -> None:
        written = normalise_postcode(typed, country=country)
        if written is not None:
            assert normalise_postcode(written, country=country) == written


class TestLines:
    @pytest.mark.parametrize(
        ("parts", "lines"),
        [
            ("2 Mill Lane||Portland|ME|04101|US", ["2 Mill Lane", "Portland, ME 04101", "United States of America"]),
            ("2 Mill Lane||Portland||04101|US", ["2 Mill Lane", "Portland 04101", "United States of America"]),
            ("Weg 1|Hof|Köln||50667|DE", ["Weg 1", "Hof", "50667 Köln", "Germany"]),
            ("1-13 Chiyoda|||東京都|100-0001|JP", ["1-13 Chiyoda, Tokyo", "100-0001", "Japan"]),
            ("千代田1-13|||東京都|100-0001|JP", ["〒100-0001", "東京都", "千代田1-13", "Japan"]),
            ("1 Orchard Road||||238801|SG", ["1 Orchard Road", "SINGAPORE 238801", "Singapore"]),
            ("Väg 1||Lund||22100|SE", ["Väg 1", "SE-22100 Lund", "Sweden"]),
            ("Rua 1||Rio|RJ|20000-000|BR", ["Rua 1", "Rio-RJ", "20000-000", "Brazil"]),
            # What the country has no place for is written all the same.
            ("Weg 1||Köln|NRW|50667|DE", ["Weg 1", "50667 Köln", "NRW", "Germany"]),
            ("||Rome|||", ["Rome"]),
            ("|||||FR", ["France"]),
            ("|||||", []),
        ],
    )
    def test_an_address_is_written_in_the_order_of_its_country(self, parts: str, lines: list[str]) -> None:
        names = ("line1", "line2", "city", "region", "postcode", "country")
        address = dict(zip(names, parts.split("|"), strict=True))
        assert format_address(**address) == lines
        assert format_address(name="Ada", **address) == ["Ada", *lines]

    @pytest.mark.parametrize("country", CODES)
    def test_nothing_is_lost_anywhere(self, country: str) -> None:
        typed = {"line1": "Street 7", "line2": "Hof", "city": "Town", "region": "Shire", "postcode": "98765"}
        text = "\n".join(format_address(name="Ada", country=country, **typed))
        assert all(part in text for part in ("Ada", *typed.values()))
        assert "%" not in text and "  " not in text


class AddressForm(AddressFields, forms.Form):
    name = forms.CharField()
    line1, line2, city, region, postcode = (
        forms.CharField(required=False, max_length=200), forms.CharField(required=False), forms.CharField(),
        forms.CharField(required=False, max_length=100), forms.CharField(required=False, max_length=20),
    )  # fmt: skip
    country = CountryField().formfield()

    def __init__(self, *args: Any, is_required: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shape_address(is_required=is_required)


MAINE = {"line1": "2 Mill Lane", "line2": "", "city": "Portland", "region": "ME", "postcode": "04101", "country": "US"}


def sent(**changes: str) -> AddressForm:
    query = QueryDict(mutable=True)
    query.update({"name": "Ada", **MAINE, **changes})
    return AddressForm(query)


class TestFields:
    def test_it_takes_what_is_right_and_writes_it_as_the_country_does(self) -> None:
        form = sent(region="maine", postcode="04101 1234")
        assert form.is_valid(), form.errors
        assert (form.cleaned_data["region"], form.cleaned_data["postcode"]) == ("ME", "04101-1234")

    @pytest.mark.parametrize(
        ("changes", "field", "sentence"),
        [
            ({"postcode": "94105"}, "postcode", "94105 is no ZIP code of Maine. It looks like 03900."),
            ({"postcode": ""}, "postcode", "Enter your ZIP code."),
            ({"region": "Bavaria"}, "region", "Choose your state from the list."),
            ({"region": ""}, "region", "Choose your state."),
            ({"line1": " "}, "line1", "Enter the first line of your address."),
            ({"city": ""}, "city", "Enter your town or city."),
            ({"country": ""}, "country", "Choose your country."),
            ({"country": "XX"}, "country", "Select a valid choice. XX is not one of the available choices."),
            ({"country": "CA", "region": "ON"}, "postcode", "04101 is no postcode of Canada. It looks like H3Z 2Y7."),
            ({"country": "JP", "region": "", "postcode": "1000001"}, "region", "Choose your prefecture."),
        ],
    )
    def test_what_is_wrong_is_said_beside_the_field(self, changes: dict[str, str], field: str, sentence: str) -> None:
        form = sent(**changes)
        assert form.errors == {field: [sentence]}

    def test_what_the_country_has_no_use_for_is_emptied(self) -> None:
        form = sent(country="GB", postcode="ec1a1bb")
        assert form.is_valid(), form.errors
        assert (form.cleaned_data["region"], form.cleaned_data["postcode"]) == ("", "EC1A 1BB")

    def test_what_an_address_holds_already_is_not_lost(self) -> None:
        tokyo = {**MAINE, "country": "JP", "region": "Tokyo", "city": "Chiyoda", "postcode": "100-0001"}
        form = AddressForm(initial=tokyo)
        assert [[field.name for field in row] for row in form.address_rows()][-1] == ["city"]
        form = AddressForm(QueryDict("&".join(f"{k}={v}" for k, v in {**tokyo, "name": "Ada"}.items())), initial=tokyo)
        assert form.is_valid(), form.errors
        assert (form.cleaned_data["city"], form.cleaned_data["region"]) == ("Chiyoda", "東京都")

    def test_the_button_shows_the_fields_of_the_country_and_keeps_what_was_typed(self) -> None:
        form = sent(country="GB", postcode="nonsense", show_fields="1", line1="7 High Street")
        assert not form.is_valid() and not form.errors and not form.is_bound
        assert [[field.name for field in row] for row in form.address_rows()] == [
            ["line1"], ["line2"], ["city"], ["postcode"],
        ]  # fmt: skip
        assert (form["line1"].value(), form["postcode"].value(), form["name"].value()) == (
            "7 High Street", "nonsense", "Ada",
        )  # fmt: skip

    def test_a_region_that_was_written_by_its_name_is_chosen_in_the_list(self) -> None:
        assert '<option value="ME" selected>Maine</option>' in str(AddressForm(initial={**MAINE, "region": "maine"}))
        assert '<option value="ME" selected>Maine</option>' in str(sent(region="Maine", line1=""))

    def test_an_address_may_be_left_empty_where_it_is_not_needed(self) -> None:
        class Optional(AddressForm):
            country = CountryField(blank=True).formfield()

        form = Optional(QueryDict("name=Ada&country="), is_required=False)
        assert form.is_valid(), form.errors
        form = Optional(QueryDict("name=Ada&country=CA&postcode=1"), is_required=False)
        assert set(form.errors) == {"postcode"}
        assert set(AddressForm(QueryDict("name=Ada"), is_required=False).errors) == {"country"}, "needed by itself"

    def test_two_addresses_stand_on_one_page(self) -> None:
        class Delivery(AddressForm):
            autocomplete_section = "shipping"

        form = Delivery(QueryDict("to-show_fields=1&to-country=CA&to-name=Ada"), prefix="to")
        assert not form.errors and form["line1"].field.widget.attrs["autocomplete"] == "shipping address-line1"
        assert form["country"].value() == "CA" and form["name"].value() == "Ada"
