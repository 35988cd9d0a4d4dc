"""How much of dues is tax-deductible, as the join page says it: a month's share is rounded up."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import RequestFactory

from membership.demo import build_tiers
from membership.models import Benefit, Tier
from membership.models.tiers import share_of_year
from membership.receiptable import receiptable
from receipts.models import IndexRow, Issuer

pytestmark = pytest.mark.django_db
ON = date(2026, 6, 1)


@pytest.mark.parametrize(
    "a_year, a_month", [(0, 0), (1, 1), (11, 1), (12, 1), (13, 2), (800, 67), (1200, 100), (4500, 375)]
)
def test_a_months_share_is_rounded_up(a_year: int, a_month: int) -> None:
    assert share_of_year(a_year, "month") == a_month
    assert share_of_year(a_year, "year") == a_year
    assert a_month * 12 >= a_year, "twelve receipts never say more than a year's"


@pytest.mark.parametrize(
    "slug, interval, amount, eligible",
    [
        # The pin counts while the year's amounts are unknown: $8.00 a year, 67 cents a month.
        ("friend", "year", 15000, 14200),
        ("friend", "month", 1500, 1433),
        # Pin $8, discount $12.
        ("ally", "year", 40000, 38000),
        # Pin $8, discount $12, evening $45, print $60.
        ("guardian", "year", 100000, 87500),
        ("guardian", "month", 10000, 10000 - 67 - 100 - 375 - 500),
    ],
)
def test_benefits_reduce_what_is_deductible(
    tiers: list[Tier], slug: str, interval: str, amount: int, eligible: int
) -> None:
    tier = Tier.objects.get(slug=slug)
    parts = receiptable(tier, interval=interval, amount=amount, on=ON)
    assert parts.has_rules and parts.eligible_amount == eligible and parts.advantage == amount - eligible
    assert any("The IRS amounts for small benefits in 2026" in reason for reason in parts.reasons)


def test_with_the_years_amounts_a_token_is_disregarded(friend: Tier) -> None:
    IndexRow.objects.create(year=2026, low_cost_limit=1370, minimum_payment=6850, cap=13700, source="made up")
    parts = receiptable(friend, interval="year", amount=15000, on=ON)
    assert parts.eligible_amount == 15000 and parts.reasons


def test_a_small_membership_counts_by_the_year_and_not_by_the_month(friend: Tier) -> None:
    """$75 a year is the limit for rights used often; $15 a month is more than that, $6 a month is not."""
    friend.benefits.all().delete()
    Benefit.objects.create(tier=friend, label="Discount", kind="membership_frequent", fair_value=1200)
    tier = Tier.objects.get(pk=friend.pk)
    assert receiptable(tier, interval="month", amount=600, on=ON).eligible_amount == 600
    assert receiptable(tier, interval="month", amount=1500, on=ON).eligible_amount == 1400


def test_without_rules_nothing_is_called_deductible(friend: Tier) -> None:
    Issuer.objects.update(jurisdiction="")
    parts = receiptable(friend, interval="year", amount=15000, on=ON)
    assert not parts.has_rules and parts.eligible_amount == 0


def test_the_demo_builds_its_tiers_once(db: None) -> None:
    first, again = build_tiers(), build_tiers()
    assert first == again and Tier.objects.count() == 3 and Benefit.objects.count() == 10


@pytest.mark.parametrize("options, shown", [({}, "$15.00"), ({"interval": "year"}, "$150.00")])
def test_any_page_can_show_the_tiers_as_plain_links(friend: Tier, options: dict[str, str], shown: str) -> None:
    from pages.offers import all_offers

    html = all_offers()["membership.tiers"].render(RequestFactory().get("/"), "", options)
    assert shown in html and "/join/friend/" in html and "csrf" not in html
    assert "Guardian" in html
    only = all_offers()["membership.tiers"].render(None, "friend", options)
    assert "Guardian" not in only


def test_an_articles_cost_is_the_same_however_it_is_paid(friend: Tier) -> None:
    """A twelfth of a sixty-dollar article is no low-cost article."""
    benefit = Benefit(tier=friend, label="A bowl", kind="unordered", fair_value=12_000, cost=6_000)
    assert benefit.advantage_of("month")["cost"] == benefit.advantage_of("year")["cost"] == 6_000
    assert benefit.advantage_of("month")["fair_value"] == 1_000
