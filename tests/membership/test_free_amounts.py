"""Tiers where supporters give what they can: any amount from the smallest on, suggested or their own."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from membership.models import Tier, TierPrice
from payments.models import Payment
from receipts.checks import books_problems
from tests.membership.way import Way, only_membership, text_of

pytestmark = pytest.mark.django_db
Nothing = Callable[[], None]


@pytest.fixture
def open_tier(friend: Tier) -> Tier:
    """From $15 a month, $45 a quarter, $150 a year on; $20 and $50 a month are suggested."""
    Tier.objects.filter(pk=friend.pk).update(free_amount=True)
    TierPrice.objects.filter(tier=friend, interval="month").update(suggested="20 50")
    return Tier.objects.with_offer().get(pk=friend.pk)


def offered(response: Any) -> list[str]:
    return re.findall(r'name="chosen" value="(\w+)"', response.content.decode())


class TestChoosing:
    def test_the_suggestions_of_the_interval_are_offered_and_any_other(self, client: Client, open_tier: Tier) -> None:
        page = client.get(open_tier.get_absolute_url())
        assert offered(page) == ["2000", "5000", "other"]
        assert "Monthly, from $15.00 a month" in text_of(page)

    def test_without_suggestions_the_smallest_amount_is_multiplied(self, client: Client, open_tier: Tier) -> None:
        page = client.get(open_tier.get_absolute_url(), {"interval": "year"})
        assert offered(page) == ["15000", "30000", "60000", "other"]

    @pytest.mark.parametrize(
        "chosen, typed, amount",
        [("2000", "", 2000), ("other", "17.50", 1750), ("other", "15", 1500), ("other", " 1,234.50 ", 123450)],
    )
    def test_what_was_chosen_is_what_is_paid(
        self, way: Way, open_tier: Tier, chosen: str, typed: str, amount: int
    ) -> None:
        way.join(open_tier, chosen=chosen, amount=typed)
        payment = way.pay()
        membership = only_membership()
        assert payment.amount == membership.amount == amount and membership.is_live_now
        assert not books_problems()

    def test_the_review_takes_the_benefits_off_what_was_chosen(self, way: Way, open_tier: Tier) -> None:
        shown = text_of(way.send(open_tier, "review", interval="year", chosen="other", amount="200"))
        assert "$200.00 a year, of it $8.00 benefits, $192.00 tax-deductible." in shown

    def test_an_amount_of_another_interval_is_as_good_as_any(self, way: Way, open_tier: Tier) -> None:
        """Without a script, another interval leaves the first one's amounts on the page."""
        assert way.send(open_tier, "review", interval="quarter", chosen="5000").status_code == 200

    def test_change_something_brings_back_what_was_chosen(self, way: Way, open_tier: Tier) -> None:
        form = way.send(open_tier, "edit", chosen="other", amount="17.50").context["form"]
        assert form["chosen"].value() == "other" and form["amount"].value() == "17.50"

    def test_who_turns_back_at_stripe_finds_the_amount_again(self, way: Way, client: Client, open_tier: Tier) -> None:
        way.join(open_tier, chosen="other", amount="17.50")
        page = client.get(open_tier.get_absolute_url(), {"back": "1"})
        assert re.search(r'name="chosen" value="1750"[^>]* checked', page.content.decode())


WRONG = [
    ("", "", "chosen", "Choose an amount."),
    ("other", "", "amount", "Enter an amount."),
    ("other", "14.99", "amount", "The smallest amount of this tier is $15.00."),
    ("other", "10.505", "amount", "Enter an amount with at most 2 decimals."),
    ("other", "-20", "amount", "Enter an amount above zero."),
    ("other", "ten", "amount", "Enter an amount in figures"),
    ("other", "1000000", "amount", "The largest amount this form takes is $999,999.99."),
    ("1499", "", "chosen", "The smallest amount of this tier is $15.00."),
    ("0", "", "chosen", "The smallest amount of this tier is $15.00."),
    ("-2000", "", "chosen", "Choose one of these amounts."),
    ("20.00", "", "chosen", "Choose one of these amounts."),
    ("२०००", "", "chosen", "Choose one of these amounts."),
    ("2000", "30", "amount", "You chose $20.00 and typed another amount."),
]


@pytest.mark.parametrize("chosen, typed, field, sentence", WRONG)
def test_wrong_amounts_are_named_beside_the_field_and_kept(
    way: Way, open_tier: Tier, nothing_happened: Nothing, chosen: str, typed: str, field: str, sentence: str
) -> None:
    response = way.send(open_tier, "pay", chosen=chosen, amount=typed)
    assert response.status_code == 422
    form = response.context["form"]
    assert list(form.errors) == [field] and sentence in form.errors[field][0]
    assert f'id="id_{field}_error"' in response.content.decode()
    assert form["chosen"].value() == chosen and form["amount"].value() == typed
    nothing_happened()


def test_a_smallest_amount_that_rose_since_the_review_is_shown(
    way: Way, open_tier: Tier, nothing_happened: Nothing
) -> None:
    seen = way.send(open_tier, "review", chosen="2000").context["price"]
    TierPrice.objects.filter(tier=open_tier, interval="month").update(amount=1800)
    response = way.send(open_tier, "pay", chosen="2000", price=seen)
    assert response.status_code == 422
    assert "The smallest amount is $18.00 a month" in response.context["form"].errors["interval"][0]
    nothing_happened()


class TestYen:
    @pytest.fixture(autouse=True)
    def in_yen(self, settings: Any) -> None:
        settings.REPORTING_CURRENCY = "JPY"

    def test_a_currency_without_decimals_takes_none(self, way: Way, open_tier: Tier) -> None:
        form = way.send(open_tier, "review", chosen="other", amount="2000.50").context["form"]
        assert list(form.errors) == ["amount"]
        shown = text_of(way.send(open_tier, "review", chosen="other", amount="2000"))
        assert "¥2,000 a month" in shown

    def test_suggestions_are_read_in_it(self, client: Client, open_tier: Tier) -> None:
        TierPrice.objects.filter(tier=open_tier, interval="month").update(suggested="2000 5000")
        assert offered(client.get(open_tier.get_absolute_url())) == ["2000", "5000", "other"]


class TestShowing:
    @pytest.mark.parametrize("path", ["/join/", "/join/compare/", "/join/friend/about/"])
    def test_every_page_says_that_it_is_the_smallest_amount(self, client: Client, open_tier: Tier, path: str) -> None:
        shown = text_of(client.get(path))
        assert "from $15.00" in shown and "$30.00 less than monthly" not in shown

    def test_a_tier_of_a_fixed_price_asks_for_no_amount(self, client: Client, open_tier: Tier) -> None:
        page = client.get(reverse("join_tier", args=["ally"]))
        assert offered(page) == [] and "Give more than the price" in text_of(page)


class TestStaff:
    @pytest.mark.parametrize("typed", ["ten", "10 20", "20, 50", "999999999"])
    def test_suggestions_that_nobody_could_choose_are_refused(self, open_tier: Tier, typed: str) -> None:
        price = TierPrice.objects.get(tier=open_tier, interval="month")
        price.suggested = typed
        with pytest.raises(ValidationError) as refused:
            price.full_clean()
        assert list(refused.value.message_dict) == ["suggested"]

    def test_suggestions_below_a_price_that_was_raised_are_not_offered(self, open_tier: Tier) -> None:
        TierPrice.objects.filter(tier=open_tier, interval="month").update(amount=3000)
        assert Tier.objects.with_offer().get(pk=open_tier.pk).suggested("month") == [5000]

    @pytest.mark.both_databases
    def test_a_tier_of_free_amounts_always_allows_more(self, open_tier: Tier) -> None:
        with pytest.raises(IntegrityError):
            Tier.objects.filter(pk=open_tier.pk).update(allows_more=False)

    def test_no_tier_takes_the_address_of_the_comparison(self, open_tier: Tier) -> None:
        with pytest.raises(ValidationError, match="This address is the comparison"):
            Tier(name="Compare", slug="compare", summary="x").full_clean()


def test_a_price_that_nobody_may_choose_stays_a_price(way: Way, guardian: Tier, nothing_happened: Nothing) -> None:
    """``chosen`` is no field of other tiers, whatever a browser sends."""
    way.send(guardian, "review", chosen="1")
    assert way.last.context["parts"].amount == 10000
    nothing_happened()
    assert not Payment.objects.exists()


def test_a_price_that_no_card_pays_is_refused_where_staff_type_it(settings: Any) -> None:
    settings.REPORTING_CURRENCY = "KWD"
    price = TierPrice._meta.get_field("amount").formfield()
    with pytest.raises(ValidationError, match="last decimal of KWD"):
        price.clean("1.234")
    assert price.clean("1.230") == 1230
