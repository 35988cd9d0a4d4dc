"""Staff keep tax rates: one by one, or as a file of which nothing is taken over if a line is wrong."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from payments.models import TaxRate, TaxSettings
from tests.payments import desk
from tests.payments.test_tax import a_rate

pytestmark = pytest.mark.django_db
HEAD = "country,region,category,name,rate,valid_from,valid_until\n"
TYPED = {
    "name": "QST", "rate": "9.975", "country": "CA", "region": "Québec", "category": "standard",
    "valid_from": "2013-01-01", "valid_until": "",
}  # fmt: skip


@pytest.fixture(autouse=True)
def one_factor(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False


@pytest.fixture
def tamara() -> Client:
    return desk.signed_in(desk.treasurer())


def send(client: Client, text: str | bytes) -> Any:
    content = text if isinstance(text, bytes) else text.encode()
    return client.post(reverse("tax_rates:import"), {"file": SimpleUploadedFile("rates.csv", content)})


def faults(client: Client, text: str | bytes) -> list[str]:
    answer = send(client, text)
    assert answer.status_code == 422 and not TaxRate.objects.exists()
    found: list[str] = answer.context["faults"]
    page = unescape(answer.content.decode())
    assert all(fault in page for fault in found)
    return found


class TestOneByOne:
    def test_a_rate_is_added_with_the_region_as_addresses_have_it(self, tamara: Client) -> None:
        answer = tamara.post(reverse("tax_rates:add"), TYPED)
        assert answer.status_code == 302, answer.context["form"].errors
        rate = TaxRate.objects.get()
        assert (rate.region, rate.rate, rate.percent) == ("QC", Decimal("9.9750"), "9.975%")
        page = tamara.get(reverse("tax_rates:index")).content.decode()
        assert "9.975%" in page and "Canada: QC" in page and "In force" in page

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"rate": "101"}, "rate"),
            ({"rate": "-1"}, "rate"),
            ({"rate": "9.97555"}, "rate"),
            ({"rate": "nine"}, "rate"),
            ({"region": "Bavaria"}, "region"),
            ({"country": ""}, "country"),
            ({"valid_until": "2012-12-31"}, "valid_until"),
            ({"valid_from": "soon"}, "valid_from"),
            ({"category": "two words"}, "category"),
        ],
    )
    def test_what_is_wrong_is_said_beside_the_field(self, tamara: Client, changes: dict[str, str], field: str) -> None:
        answer = tamara.post(reverse("tax_rates:add"), {**TYPED, **changes})
        assert list(answer.context["form"].errors) == [field] and not TaxRate.objects.exists()

    def test_the_same_rate_is_not_added_twice(self, tamara: Client) -> None:
        for _ in range(2):
            answer = tamara.post(reverse("tax_rates:add"), TYPED)
        assert "There is a rate of this name" in str(answer.context["form"].errors) and TaxRate.objects.count() == 1

    def test_the_list_is_narrowed_by_state_country_and_category(self, tamara: Client) -> None:
        a_rate("VAT", "19", "DE", valid_until=date(2020, 6, 30))
        a_rate("VAT", "20", "GB")
        a_rate("VAT", "5", "GB", category="reduced", valid_from=date(2999, 1, 1))
        listing = reverse("tax_rates:index")

        def shown(**query: str) -> set[str]:
            return {rate.percent for rate in tamara.get(listing, query).context["object_list"]}

        assert shown(state="now") == {"20%"} and shown(state="over") == {"19%"} and shown(state="later") == {"5%"}
        assert shown(country="GB") == {"20%", "5%"} and shown(category="reduced") == {"5%"}
        assert shown(q="vat") == {"19%", "20%", "5%"}

    def test_the_settings_take_a_region_by_its_name(self, tamara: Client) -> None:
        page = reverse("wagtailsettings:edit", args=["payments", "taxsettings", TaxSettings.load().pk])
        typed = {"includes_tax": "on", "ships_from": "US", "ships_from_region": "maine", "tax_shipping": "on"}
        assert tamara.post(page, typed).status_code == 302
        kept = TaxSettings.load()
        assert (kept.includes_tax, kept.ships_from_region, kept.shipping_category) == (True, "ME", "shipping")
        answer = tamara.post(page, {**typed, "ships_from_region": "Bavaria"})
        assert list(answer.context["form"].errors) == ["ships_from_region"]


class TestAFile:
    def test_a_file_is_taken_over_and_read_again_it_changes_nothing(self, tamara: Client) -> None:
        text = HEAD + "CA,,standard,GST,5,2008-01-01,\nca,Quebec,,QST,9.975%,2013-01-01,2030-12-31\n"
        answer = send(tamara, text)
        assert answer.status_code == 302
        assert {(rate.region, rate.category, rate.percent) for rate in TaxRate.objects.all()} == {
            ("", "standard", "5%"), ("QC", "standard", "9.975%"),
        }  # fmt: skip
        listing = tamara.get(reverse("tax_rates:index"), {"export": "csv"})
        exported = b"".join(listing.streaming_content)
        before = list(TaxRate.objects.values())
        assert send(tamara, exported).status_code == 302
        assert list(TaxRate.objects.values()) == before

    def test_a_rate_that_is_there_gets_the_percent_of_the_file(self, tamara: Client) -> None:
        a_rate("GST", "7", "CA", valid_from=date(2008, 1, 1))
        answer = tamara.post(
            reverse("tax_rates:import"),
            {"file": SimpleUploadedFile("r.csv", (HEAD + "CA,,standard,GST,5,2008-01-01,\n").encode())},
            follow=True,
        )
        assert "Taken over: 0 new, 1 that was there." in answer.content.decode()
        assert TaxRate.objects.get().percent == "5%"

    def test_semicolons_decimal_commas_and_another_order_of_columns_are_read(self, tamara: Client) -> None:
        text = "﻿Name;Country;Rate;Valid from\r\n\r\nMwSt;DE;19,5;2007-01-01\r\n"
        assert send(tamara, text).status_code == 302
        assert TaxRate.objects.get().percent == "19.5%"

    def test_every_fault_is_named_by_its_line_and_nothing_is_taken_over(self, tamara: Client) -> None:
        text = HEAD + (
            "CA,,standard,GST,5,2008-01-01,\n"
            "XX,,standard,VAT,5,2008-01-01,\n"
            "\n"
            "CA,Bavaria,standard,PST,5,2008-01-01,\n"
            "CA,,standard,PST,abc,2008-01-01,\n"
            "CA,,standard,PST,1e2,2008-01-01,\n"
            "CA,,standard,PST,100.5,2008-01-01,\n"
            "CA,,standard,PST,5,01/02/2008,\n"
            "CA,,standard,PST,5,,\n"
            "CA,,standard,,5,2008-01-01,\n"
            "CA,,standard,PST,5,2008-01-01,2007-01-01\n"
            "ca,,standard,gst,5,2008-01-01,\n"
        )
        found = faults(tamara, text)
        assert [fault.partition(":")[0] for fault in found] == [
            f"Line {line}" for line in (3, 5, 6, 7, 8, 9, 10, 11, 12, 13)
        ]
        assert found[1] == "Line 5: region: There is no “Bavaria” in addresses of this country."
        assert found[2] == "Line 6: rate: “abc” is no percent. Write it as 9.975."
        assert found[5] == "Line 9: “01/02/2008” is no day. Write it as 2026-01-31."
        assert found[-1] == "Line 13: this is line 2 once more."

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"", "no rates"),
            (HEAD.encode(), "This file has no rates."),
            (b"country,name\nCA,GST\n", "Line 1: name the columns country"),
            (b"\xff\xfeh\x00i", "no CSV in UTF-8"),
            (b"PK\x03\x04\x00\x00", "characters that no CSV has"),
            (HEAD.encode() + b'CA,,standard,"GST,5,2008-01-01,\nCA,,x,y,5,2008-01-01,\n', "quotation mark"),
            (HEAD.encode() + b"CA,,standard,GST,5,2008-01-01,\n" * 60, "Line 3: this is line 2 once more."),
            (HEAD.encode() + b"CA\n", "Line 2:"),
        ],
    )
    def test_what_is_no_such_file_is_refused_with_the_reason(self, tamara: Client, content: bytes, said: str) -> None:
        answer = send(tamara, content)
        assert answer.status_code == 422 and not TaxRate.objects.exists()
        shown = [*answer.context.get("faults", []), *answer.context["form"].errors.get("file", [])]
        assert said in " ".join(shown) or content == b""

    def test_a_file_that_is_too_large_is_not_read(self, tamara: Client) -> None:
        answer = send(tamara, b"x" * (1024 * 1024 + 1))
        assert answer.status_code == 422 and answer.context["form"].errors == {
            "file": ["This file is larger than 1 MB."]
        }


def test_the_listing_costs_as_many_queries_for_many_rates(tamara: Client, django_assert_max_num_queries: Any) -> None:
    for number in range(40):
        a_rate(f"Tax {number}", "5", "US", valid_from=date(2008, 1, 1))
    tamara.get(reverse("tax_rates:index"))
    with django_assert_max_num_queries(14):
        assert len(tamara.get(reverse("tax_rates:index")).context["object_list"]) == 40


@pytest.mark.parametrize("name", ["index", "add", "import"])
def test_a_colleague_without_the_permission_gets_nowhere(name: str) -> None:
    charlie = desk.signed_in(desk.colleague("view_payment"))
    assert charlie.get(reverse(f"tax_rates:{name}")).status_code in (302, 403)
    send(charlie, HEAD + "CA,,standard,GST,5,2008-01-01,\n")
    assert not TaxRate.objects.exists()
