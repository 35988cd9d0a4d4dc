"""The demo's shelf: made once, and its stock as the books of the shop want it."""

from __future__ import annotations

import pytest
from django.db.models import F, Sum
from django.test import Client

from pages.demo import build_site
from shop.demo import build_shop
from shop.demo.words import PRODUCTS
from shop.models import ProductPage, ShopPage, Stock, Variant

pytestmark = pytest.mark.django_db


def test_it_is_made_once_and_every_page_of_it_answers(client: Client) -> None:
    build_site()
    assert build_shop() == build_shop() == ShopPage.objects.get()
    assert ProductPage.objects.live().count() == len(PRODUCTS)
    assert Variant.objects.count() == sum(len(product.pieces) for product in PRODUCTS)
    for product in PRODUCTS:
        assert client.get(f"/shop/{product.slug}/").status_code == 200, product.slug
    assert "From the workshop" in client.get("/").text
    counted = Stock.objects.annotate(moved=Sum("variant__stock_movements__change", default=0))
    assert not counted.exclude(on_hand=F("moved")).exists()
