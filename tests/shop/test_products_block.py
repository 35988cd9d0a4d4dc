"""Products on any page: what an editor writes into the block, and what comes of it."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from pages.offers import all_offers
from shop.models import Category, ProductCategory, ShopPage
from tests.shop.rows import make_product

pytestmark = pytest.mark.django_db


def shown(reference: str = "", **options: str) -> list[str]:
    html = all_offers()["shop.products"].render(RequestFactory().get("/"), reference, options)
    return [part.split("/")[2] for part in html.split('class="product-card__name"><a href="')[1:]]


@pytest.fixture
def shelf(shop: ShopPage) -> None:
    for title in ("One", "Two", "Three", "Four", "Five"):
        make_product(shop, title)
    bags = Category.objects.create(name="Bags", slug="bags")
    ProductCategory.objects.create(product=make_product(shop, "Bag"), category=bags)


@pytest.mark.parametrize(
    ("reference", "options", "slugs"),
    [
        ("", {}, ["bag", "five", "four", "three"]),
        ("", {"number": "2"}, ["bag", "five"]),
        ("", {"number": "many"}, ["bag", "five", "four", "three"]),
        ("", {"category": "bags"}, ["bag"]),
        ("", {"category": "gone"}, []),
        ("two, gone,one", {"number": "1"}, ["two", "one"]),
    ],
)
def test_newest_of_a_category_or_chosen(shelf: None, reference: str, options: dict[str, str], slugs: list[str]) -> None:
    assert shown(reference, **options) == slugs


def test_without_a_shop_there_is_nothing() -> None:
    assert shown() == []
