"""Tiers as visitors choose among them: one in full, and all of them beside each other."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from membership.models import Benefit, Tier, TierPrice
from receipts.models import Issuer
from tests.membership.way import text_of

pytestmark = pytest.mark.django_db
COMPARE = "/join/compare/"


def about(tier: Tier) -> str:
    return reverse("about_tier", args=[tier.slug])


def rows_of(client: Client) -> list[list[str]]:
    """The table as it reads: each row's cells, as text."""
    html = client.get(COMPARE).content.decode()
    rows = re.findall(r"<tr>(.*?)</tr>", html, re.S)
    return [
        [
            " ".join(re.sub(r"<[^>]+>", " ", cell).split())
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)
        ]
        for row in rows
    ]


def row(client: Client, head: str, nth: int = 0) -> list[str]:
    return [cells[1:] for cells in rows_of(client) if cells[0] == head][nth]


class TestComparing:
    def test_every_price_stands_beside_the_others_with_what_it_saves(self, client: Client, tiers: list[Tier]) -> None:
        assert rows_of(client)[0] == ["About", "Friend", "Ally Our suggestion", "Guardian"]
        assert row(client, "Monthly") == ["$15.00", "$40.00", "$100.00"]
        saving = "$30.00 a year less than monthly"
        assert row(client, "Yearly") == [
            f"$150.00 {saving}",
            "$400.00 $80.00 a year less than monthly",
            "$1,000.00 $200.00 a year less than monthly",
        ]

    def test_each_benefit_says_in_words_what_it_is_worth(self, client: Client, tiers: list[Tier]) -> None:
        assert row(client, "Enamel pin with our lighthouse") == ["Yes worth $8.00 a year"] * 3
        assert row(client, "A signed print by one of the makers") == ["No", "No", "Yes worth $60.00 a year"]
        assert (
            row(client, "Letters from the house, four times a year")[0] == "Yes no value in money: nobody could buy it"
        )

    def test_what_is_deductible_is_said_for_every_payment(self, client: Client, tiers: list[Tier]) -> None:
        assert row(client, "Monthly", 1) == ["$14.33 of $15.00", "$38.33 of $40.00", "$89.58 of $100.00"]
        assert row(client, "Yearly", 1) == ["$142.00 of $150.00", "$380.00 of $400.00", "$875.00 of $1,000.00"]

    def test_an_interval_that_a_tier_lacks_is_said(self, client: Client, tiers: list[Tier]) -> None:
        TierPrice.objects.filter(tier=tiers[0], interval="month").delete()
        assert row(client, "Monthly")[0] == "Not offered"
        TierPrice.objects.filter(interval="month").delete()
        assert "Monthly" not in [cells[0] for cells in rows_of(client)]

    def test_a_benefit_of_two_values_has_one_row(self, client: Client, tiers: list[Tier]) -> None:
        Benefit.objects.filter(tier=tiers[2], label__startswith="Enamel").update(fair_value=900)
        assert row(client, "Enamel pin with our lighthouse")[1:] == ["Yes worth $8.00 a year", "Yes worth $9.00 a year"]

    def test_without_rules_nothing_is_called_deductible(self, client: Client, tiers: list[Tier]) -> None:
        Issuer.objects.update(jurisdiction="")
        assert "Tax-deductible" not in str(rows_of(client))
        assert "We can't issue tax receipts here." in text_of(client.get(COMPARE)).replace("&#x27;", "'")

    def test_a_tier_that_is_not_offered_is_not_compared(self, client: Client, tiers: list[Tier]) -> None:
        Tier.objects.filter(pk=tiers[0].pk).update(is_open=False)
        assert rows_of(client)[0] == ["About", "Ally Our suggestion", "Guardian"]

    def test_without_tiers_it_says_so(self, client: Client, db: None) -> None:
        assert "No membership is offered" in text_of(client.get(COMPARE))

    def test_every_row_has_a_head_and_the_table_scrolls_by_keyboard(self, client: Client, tiers: list[Tier]) -> None:
        html = client.get(COMPARE).content.decode()
        assert html.count('scope="row"') == 3 + 5 + 3 + 1 and html.count('scope="col"') == 3
        assert re.search(r'role="region" aria-label="[^"]+" tabindex="0"', html)

    @pytest.mark.parametrize("path", [COMPARE, "/join/"])
    def test_more_tiers_take_no_more_queries(self, client: Client, tiers: list[Tier], path: str) -> None:
        client.get(path)
        with CaptureQueriesContext(
            connection,
        ) as few:
            client.get(path)
        for number in range(5):
            tier = Tier.objects.create(name=f"Tier {number}", slug=f"tier-{number}", summary="More.")
            TierPrice.objects.create(tier=tier, interval="month", amount=100 + number)
            Benefit.objects.create(tier=tier, label=f"Benefit {number}", fair_value=100)
        with CaptureQueriesContext(connection) as many:
            client.get(path)
        assert len(many) == len(few)


class TestOneTier:
    def test_it_says_whom_it_helps_what_it_gives_and_what_each_payment_is(self, client: Client, friend: Tier) -> None:
        shown = text_of(client.get(about(friend)))
        assert "Friends pay for the hours in which nobody else picks up the phone." in shown
        assert "Enamel pin with our lighthouse worth $8.00 a year" in shown
        assert "$150.00 a year $30.00 a year less than monthly Of it $8.00 benefits, $142.00 tax-deductible." in shown

    def test_intervals_come_shortest_first_and_lead_to_joining(self, client: Client, friend: Tier) -> None:
        html = client.get(about(friend)).content.decode()
        links = re.findall(r'href="/join/friend/\?interval=(\w+)"', html)
        assert links == ["month", "quarter", "year"]

    @pytest.mark.parametrize("change, status", [({"is_open": False}, 410), ({"slug": "other"}, 404)])
    def test_one_that_is_not_offered_shows_the_others(
        self, client: Client, friend: Tier, change: dict[str, Any], status: int
    ) -> None:
        Tier.objects.filter(pk=friend.pk).update(**change)
        response = client.get(about(friend))
        assert response.status_code == status and "Ally" in text_of(response)

    @pytest.mark.parametrize("path", ["/join/", COMPARE, "/join/friend/"])
    def test_every_page_about_tiers_leads_there(self, client: Client, friend: Tier, path: str) -> None:
        assert f'href="{about(friend)}"' in client.get(path).content.decode()

    def test_words_of_staff_are_shown_as_words(self, client: Client, friend: Tier) -> None:
        Tier.objects.filter(pk=friend.pk).update(description="<script>alert(1)</script>", name="<b>F</b>")
        html = client.get(about(friend)).content.decode() + client.get(COMPARE).content.decode()
        assert "<script>alert" not in html and "<b>F</b>" not in html
