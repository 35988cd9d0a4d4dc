"""Who joins or gives types an address as their own country writes it, and loses nothing by choosing another one."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from membership.models import Tier
from receipts.models import Payer
from tests.membership.giver import GIFT
from tests.membership.way import TYPED, Way, text_of

pytestmark = pytest.mark.django_db
OTTAWA = {"line1": "24 Sussex Drive", "city": "Ottawa", "region": "Ontario", "postcode": "k1m1m4", "country": "CA"}
LONDON = {"line1": "7 High Street", "city": "London", "region": "", "postcode": "ec1a1bb", "country": "GB"}


@pytest.fixture(params=["join", "give", "gift_membership"])
def asked(request: Any, friend: Tier) -> tuple[str, dict[str, str]]:
    """A form that asks for an address, and what somebody types into it."""
    if request.param == "join":
        return friend.get_absolute_url(), {**TYPED, "amount": "21.50"}
    if request.param == "give":
        return reverse("give"), {**GIFT, "amount": "other", "other_amount": "21.50", "covers_fee": "on"}
    return reverse("gift_membership"), {**TYPED, "offer": "friend:year", "message": "For you"}


def test_it_is_written_as_the_country_does(client: Client, asked: tuple[str, dict[str, str]]) -> None:
    path, typed = asked
    review = client.post(path, {**typed, **OTTAWA, "step": "review"})
    assert review.status_code == 200, review.context["form"].errors
    assert "24 Sussex Drive<br>Ottawa ON K1M 1M4<br>Canada" in review.content.decode()
    assert 'name="region" value="ON"' in review.content.decode(), "carried on to the payment"


@pytest.mark.parametrize(
    "changes, field, sentence",
    [
        ({"postcode": "90210"}, "postcode", "90210 is no ZIP code of Maine."),
        ({"region": ""}, "region", "Choose your state."),
        ({**OTTAWA, "region": "Maine"}, "region", "Choose your province from the list."),
        ({**LONDON, "postcode": ""}, "postcode", "Enter your postcode."),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(
    client: Client, asked: tuple[str, dict[str, str]], changes: dict[str, str], field: str, sentence: str
) -> None:
    path, typed = asked
    answer = client.post(path, {**typed, **changes, "step": "review"})
    assert answer.status_code == 422 and sentence in answer.context["form"].errors[field][0]
    assert f'id="id_{field}_error"' in answer.content.decode()


def test_the_button_shows_another_countrys_fields_and_keeps_the_rest(
    client: Client, asked: tuple[str, dict[str, str]]
) -> None:
    path, typed = asked
    answer = client.post(path, {**typed, **LONDON, "name": "Zoë", "email": "", "show_fields": "1"})
    form = answer.context["form"]
    assert answer.status_code == 200 and not form.errors, "nobody has sent it yet"
    assert sum(form.address_rows(), []) == [form[name] for name in ("line1", "line2", "city", "postcode")]
    sent = {**typed, **LONDON, "name": "Zoë", "email": ""}
    for name in form.fields.keys() & sent.keys():
        assert form[name].value() == (True if sent[name] == "on" else sent[name]), name
    assert not Payer.objects.exists()


def test_what_is_kept_of_it_is_one_payer_however_it_was_typed(way: Way, friend: Tier) -> None:
    way.join(friend, region="maine", postcode="04101")
    way.join(friend, region="ME", postcode=" 04101 ")
    assert [(payer.region, payer.postcode) for payer in Payer.objects.all()] == [("ME", "04101")]


def test_who_turns_back_finds_the_amount_too(way: Way, friend: Tier) -> None:
    way.join(friend, amount="21.50", **OTTAWA)
    page = way.client.get(f"{friend.get_absolute_url()}?back=1")
    form = page.context["form"]
    assert "What you typed is still here" in text_of(page)
    assert (form["amount"].value(), form["region"].value(), form["postcode"].value()) == ("21.50", "ON", "K1M 1M4")
    way.join(friend, amount="", name="Somebody Else")
    assert way.client.get(f"{friend.get_absolute_url()}?back=1").context["form"]["amount"].value() == ""
