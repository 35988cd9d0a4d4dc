"""Shop keepers name the categories that customers choose from."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from shop.models import Category, ProductCategory, ProductPage, ShopPage
from tests.shop.rows import make_product

pytestmark = pytest.mark.django_db


def add(kit: Client, **fields: str) -> Any:
    return kit.post(reverse("shop_categories:add"), {"name": "Bags & pouches", "slug": "", "order": "2", **fields})


def test_one_is_added_and_customers_choose_from_it(kit: Client, client: Client, apron: ProductPage) -> None:
    assert add(kit).status_code == 302
    category = Category.objects.get()
    assert (category.slug, category.order) == ("bags-pouches", 2)
    ProductCategory.objects.create(product=apron, category=category)
    assert "Bags &amp; pouches" in client.get("/shop/").text
    listed = kit.get(reverse("shop_categories:index")).text
    assert "Bags &amp; pouches" in listed and "bags-pouches" in listed


@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        ({"name": ""}, "name", "required"),
        ({"name": "Taken"}, "name", "already exists"),
        ({"slug": "taken"}, "slug", "already exists"),
        ({"name": "taken "}, "slug", "already exists"),
        ({"slug": "two words"}, "slug", "valid"),
        ({"name": "かばん"}, "slug", "letters from a to z"),
        ({"order": "-1"}, "order", "greater than or equal to 0"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(kit: Client, fields: dict[str, str], field: str, said: str) -> None:
    Category.objects.create(name="Taken", slug="taken")
    answer = add(kit, **fields)
    assert answer.status_code == 200 and said in str(answer.context["form"].errors[field])
    assert Category.objects.count() == 1


def test_deleting_one_takes_no_product_along(kit: Client, shop: ShopPage, apron: ProductPage) -> None:
    category = Category.objects.create(name="Bags", slug="bags")
    ProductCategory.objects.create(product=apron, category=category)
    draft = ProductPage.objects.get(pk=apron.pk).save_revision()
    assert kit.post(reverse("shop_categories:delete", args=[category.pk])).status_code == 302
    assert ProductPage.objects.filter(pk=apron.pk).exists() and not Category.objects.exists()
    draft.publish()
    assert not ProductCategory.objects.exists()


def test_many_take_as_many_queries_as_few(kit: Client, shop: ShopPage, django_assert_max_num_queries: Any) -> None:
    def look() -> None:
        assert kit.get(reverse("shop_categories:index")).status_code == 200

    Category.objects.create(name="Bags", slug="bags")
    look()
    with django_assert_max_num_queries(60) as asked:
        look()
    for number in range(5):
        category = Category.objects.create(name=f"C{number}", slug=f"c{number}")
        ProductCategory.objects.create(product=make_product(shop, f"Product {number}"), category=category)
    with django_assert_max_num_queries(len(asked)):
        look()
