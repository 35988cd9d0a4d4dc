"""Wanting to hear when a thing is there again: once, alike for every address, and taken back with one click."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import OutgoingMail
from shop.models import BackInStockWish, Variant
from shop.stock import wishes
from shop.stock.counting import count
from tests.reading import text_of
from tests.shop.shelves import a_variant, an_order, row

pytestmark = pytest.mark.django_db


@pytest.fixture
def candle(db: None) -> Variant:
    return a_variant(stock=0)


def ask(variant: Variant, email: str = "ada@example.org") -> str:
    answer = Client().post(reverse("shop_wish", args=[variant.pk]), {"email": email})
    assert answer.status_code == 200
    return re.sub(r'nonce="[^"]*"|csrf\S+ value="[^"]*"', "", answer.text)


def mails() -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(kind=wishes.TEMPLATE).order_by("pk"))


def test_it_is_told_once_and_then_forgotten(candle: Variant) -> None:
    ask(candle)
    assert wishes.tell_all() == 0 and not mails()
    count(candle, 1, "made")
    assert (wishes.tell_all(), wishes.tell_all()) == (1, 0)
    (mail,) = mails()
    assert mail.to == "ada@example.org" and str(candle) in mail.text
    assert "Candle" not in mail.subject and candle.product.url in mail.text
    assert not BackInStockWish.objects.exists()


def test_the_answer_is_the_same_for_known_and_unknown_addresses_and_for_too_many(candle: Variant) -> None:
    answers = {ask(candle), ask(candle), ask(candle, "ADA@example.org"), ask(candle, "eve@example.org")}
    for number in range(20):
        answers.add(ask(candle, f"x{number}@example.org"))
    assert len(answers) == 1
    assert BackInStockWish.objects.count() <= 12


def test_a_unit_that_a_checkout_holds_is_not_there(candle: Variant) -> None:
    count(candle, 1, "made")
    order = an_order(row(candle))
    order.pending()
    ask(candle)
    assert wishes.tell_all() == 0
    order.released()
    assert wishes.tell_all() == 1


def test_what_can_be_had_needs_no_wish(client: Client) -> None:
    variant = a_variant(stock=1)
    answer = client.get(reverse("shop_wish", args=[variant.pk]))
    assert answer.status_code == 302 and answer["Location"] == variant.product.get_url()
    assert client.get(reverse("shop_wish", args=[10**12])).status_code == 404


def test_what_is_not_offered_any_more_is_no_wish_and_said(client: Client, candle: Variant) -> None:
    Variant.objects.filter(pk=candle.pk).update(is_offered=False)
    for answer in (
        client.get(reverse("shop_wish", args=[candle.pk]), follow=True),
        client.post(reverse("shop_wish", args=[candle.pk]), {"email": "ada@example.org"}, follow=True),
    ):
        assert "This is not sold any more." in text_of(answer) and "You can have it now" not in text_of(answer)
    assert not BackInStockWish.objects.exists()


def test_what_is_not_shown_is_404(client: Client, candle: Variant) -> None:
    candle.product.unpublish()
    assert client.get(reverse("shop_wish", args=[candle.pk])).status_code == 404


@pytest.mark.parametrize("email", ["", "ada", "ada@", "a b@example.org", "x" * 250 + "@example.org"])
def test_an_address_that_is_none_is_said_and_kept(client: Client, candle: Variant, email: str) -> None:
    answer = client.post(reverse("shop_wish", args=[candle.pk]), {"email": email})
    assert answer.status_code == 422 and email in answer.text and not BackInStockWish.objects.exists()


def test_one_click_forgets_all_that_one_wanted_to_hear_of(client: Client, candle: Variant) -> None:
    soap = a_variant(title="Soap", stock=0)
    for variant in (candle, soap):
        ask(variant)
    ask(soap, "eve@example.org")
    count(candle, 1, "made")
    wishes.tell_all()
    (link,) = re.findall(r"http://testserver(/back-in-stock/stop/\S+)", mails()[0].text)
    assert "ada" not in link
    assert "?" in text_of(client.get(link)) and BackInStockWish.objects.count() == 2, "a GET changes nothing"
    assert "You will hear of nothing more" in text_of(client.post(link))
    assert [wish.email for wish in BackInStockWish.objects.all()] == ["eve@example.org"]
    assert text_of(client.post(reverse("shop_wish_stop", args=["made-up"]))) == text_of(client.post(link))


def test_a_wish_is_not_kept_for_ever(candle: Variant) -> None:
    ask(candle)
    BackInStockWish.objects.update(created_at=timezone.now() - timedelta(days=366))
    assert wishes.forget_old() == 1
