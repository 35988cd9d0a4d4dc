"""What is typed wrong, tampered with or gone: a sentence beside the field, everything kept, nothing written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from membership.models import Tier
from tests.membership.way import TYPED, Way, text_of

pytestmark = pytest.mark.django_db
Nothing = Callable[[], None]

WRONG = [
    ("amount", "0", "The smallest amount of this tier is $15.00."),
    ("amount", "-1", "Enter an amount above zero."),
    ("amount", "−1", "Enter an amount above zero."),
    ("amount", "10.505", "Enter an amount with at most 2 decimals."),
    ("amount", "1e9", "Enter an amount in figures"),
    ("amount", "1000000000", "The largest amount this form takes is $999,999.99."),
    ("amount", "ten", "Enter an amount in figures"),
    ("amount", "NaN", "Enter an amount in figures"),
    ("amount", "14.99", "The smallest amount of this tier is $15.00."),
    ("amount", "99999999999999999999", "This amount is too large."),
    ("amount", "１５", "Enter an amount in figures"),
    ("interval", "", "Choose monthly or yearly."),
    ("interval", "week", "This tier can&#x27;t be paid that way."),
    ("name", "", "Enter your name."),
    ("name", "   ", "Enter your name."),
    ("name", "x" * 201, "at most 200 characters"),
    ("email", "", "Enter your e-mail address."),
    ("email", "alice", "Enter an e-mail address in full"),
    ("email", "alice@", "Enter an e-mail address in full"),
    ("line1", "", "Enter the first line of your address."),
    ("city", "", "Enter your town or city."),
    ("country", "", "Choose your country."),
    ("country", "XX", "Select a valid choice."),
]


@pytest.mark.parametrize("field, value, sentence", WRONG)
def test_wrong_input_is_named_beside_its_field_and_kept(
    way: Way, friend: Tier, nothing_happened: Nothing, field: str, value: str, sentence: str
) -> None:
    response = way.send(friend, "pay", **{field: value})
    assert response.status_code == 422
    form = response.context["form"]
    assert sentence.replace("&#x27;", "'") in " ".join(form.errors[field])
    html = response.content.decode()
    assert f'id="id_{field}_error"' in html, "the message stands beside the field, under the id that the field names"
    assert f'href="#id_{field}' in html, "the summary leads to the field"
    # Without a country nobody can say whether its addresses have regions.
    for name in form.fields.keys() & TYPED.keys():
        assert form[name].value() == {**TYPED, field: value}[name]
    nothing_happened()


def test_the_review_refuses_what_paying_would_refuse(way: Way, friend: Tier, nothing_happened: Nothing) -> None:
    response = way.send(friend, "review", name="", amount="ten")
    assert response.status_code == 422 and set(response.context["form"].errors) == {"name", "amount"}
    nothing_happened()


@pytest.mark.parametrize("price", ["1", "0", "", "1500.00", "abc", "15000"])
def test_a_tampered_price_is_refused_beside_the_interval(
    way: Way, friend: Tier, nothing_happened: Nothing, price: str
) -> None:
    response = way.send(friend, "pay", price=price)
    assert response.status_code == 422
    assert "The price is $15.00 a month" in response.context["form"].errors["interval"][0]
    assert response.context["form"]["name"].value() == "Alice Adams"
    nothing_happened()


def test_a_price_that_changed_since_the_review_is_shown_again(
    way: Way, friend: Tier, nothing_happened: Nothing
) -> None:
    seen = way.send(friend, "review").context["price"]
    friend.prices.filter(interval="month").update(amount=1700)
    response = way.send(friend, "pay", price=seen)
    assert "The price is $17.00 a month" in response.context["form"].errors["interval"][0]
    nothing_happened()


def test_where_no_more_is_allowed_another_amount_is_refused(way: Way, friend: Tier, nothing_happened: Nothing) -> None:
    Tier.objects.filter(pk=friend.pk).update(allows_more=False)
    response = way.send(friend, "pay", amount="1.00")
    assert response.status_code == 422 and "$15.00" in response.context["form"].errors["interval"][0]
    assert way.send(friend, "pay", amount="20.00").status_code == 422
    nothing_happened()


def test_a_program_that_fills_in_everything_is_stopped(way: Way, friend: Tier, nothing_happened: Nothing) -> None:
    assert way.send(friend, "pay", website="https://spam.example").status_code == 422
    nothing_happened()


class TestGone:
    def test_an_unknown_tier_is_a_page_with_the_others(self, client: Client, tiers: list[Tier]) -> None:
        response = client.get("/join/emperor/")
        assert response.status_code == 404
        assert "There is no such tier" in text_of(response) and "Choose Ally" in text_of(response)

    def test_a_closed_tier_is_a_page_with_the_others(self, client: Client, friend: Tier) -> None:
        Tier.objects.filter(pk=friend.pk).update(is_open=False)
        response = client.get(friend.get_absolute_url())
        assert response.status_code == 410
        shown = text_of(response)
        assert "“Friend” is not offered any more" in shown and "Choose Ally" in shown and "Choose Friend" not in shown

    @pytest.mark.parametrize("step", ["review", "pay"])
    @pytest.mark.parametrize("how", ["closed", "deleted", "unpriced"])
    def test_a_tier_that_vanished_meanwhile_keeps_what_was_typed(
        self, way: Way, friend: Tier, nothing_happened: Nothing, step: str, how: str
    ) -> None:
        if how == "deleted":
            friend.delete()
        elif how == "unpriced":
            friend.prices.all().delete()
        else:
            Tier.objects.filter(pk=friend.pk).update(is_open=False)
        response = way.send(friend, step, name="Zoë O’Neill")
        assert response.status_code == (404 if how == "deleted" else 410)
        html = response.content.decode()
        assert "There is a problem" in html and "Nothing was charged" in html
        assert 'name="name" value="Zoë O’Neill"' in html and 'name="city" value="Portland"' in html
        assert 'formaction="/join/ally/"' in html
        nothing_happened()

    def test_an_interval_that_vanished_is_named(self, way: Way, friend: Tier, nothing_happened: Nothing) -> None:
        friend.prices.filter(interval="month").delete()
        errors: Any = way.send(friend, "pay").context["form"].errors
        assert "interval" in errors
        nothing_happened()

    def test_no_tier_at_all_is_a_page_too(self, client: Client, db: None) -> None:
        assert "No membership is offered" in text_of(client.get("/join/"))
