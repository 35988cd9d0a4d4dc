"""A product's page: what it says to a customer, to a search engine and to a cache."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from pages.models import Consent
from shop.models import Category, MakerSettings, ProductCategory, ProductPage, RelatedProduct, ShopPage, Stock, Variant
from tests.pages.consents import a_consent
from tests.shop.rows import add_picture, add_variant, make_product

pytestmark = pytest.mark.django_db
ADDRESS = "/shop/linen-apron/"


def told(page: str) -> list[dict[str, Any]]:
    return [json.loads(text) for text in re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)]


def test_it_says_price_stock_and_how_it_was_made(client: Client, apron: ProductPage) -> None:
    ProductPage.objects.update(provenance="Sewn by the harbour.", materials="Linen", care="Wash at 40 °C.")
    page = client.get(ADDRESS).text
    for said in ("$38.00", "In stock", "Sewn by the harbour.", "Linen", "Wash at 40 °C.", "a maker of our workshop"):
        assert said in page
    assert 'action="/basket/add/"' in page and 'name="kind" value="shop.variant"' in page


def test_no_cache_keeps_it_without_asking(client: Client, apron: ProductPage) -> None:
    assert client.get(ADDRESS)["Cache-Control"] == "no-cache" == client.get("/shop/")["Cache-Control"]


def test_variants_are_chosen_without_a_script_and_say_what_each_costs(client: Client, apron: ProductPage) -> None:
    Variant.objects.update(first_value="Blue")
    dear = add_variant(apron, first_value="Green", price=4200)
    gone = add_variant(apron, first_value="Red", on_hand=0)
    hidden = add_variant(apron, first_value="Grey", is_offered=False)
    page = client.get(ADDRESS).text
    assert page.count('type="radio"') == 3 and f'value="{dear.pk}"' in page and f'value="{hidden.pk}"' not in page
    assert re.search(rf'value="{gone.pk}"\s+disabled', page) and "Sold out" in page
    assert "from $38.00" in page and "$42.00" in page


def test_many_variants_are_a_list_to_choose_from(client: Client, apron: ProductPage) -> None:
    for number in range(13):
        add_variant(apron, first_value=f"Colour {number}")
    page = client.get(ADDRESS).text
    assert '<select id="buy-reference" name="reference">' in page and page.count("<option") == 14


def test_a_sale_says_both_prices_to_who_cannot_see_the_line(client: Client, apron: ProductPage) -> None:
    Variant.objects.update(sale_price=3000, sale_ends=timezone.now() + timedelta(days=3))
    page = client.get(ADDRESS).text
    assert "Before: </span>$38.00" in page and "now: </span>" in page and "$30.00" in page
    (offer,) = told(page)[0]["offers"]
    assert offer["price"] == "30.00" and offer["priceValidUntil"]


def test_what_is_sold_out_can_not_be_put_into_the_basket(client: Client, apron: ProductPage) -> None:
    Stock.objects.update(on_hand=0)
    page = client.get(ADDRESS).text
    assert "Sold out" in page and "Put into the basket" not in page
    assert told(page)[0]["offers"][0]["availability"] == "https://schema.org/OutOfStock"


def test_what_is_made_to_order_says_how_long_it_takes(client: Client, apron: ProductPage) -> None:
    ProductPage.objects.update(made_to_order_days=10)
    page = client.get(ADDRESS).text
    assert "Made to order, in about 10 days" in page
    assert told(page)[0]["offers"][0]["availability"] == "https://schema.org/MadeToOrder"


def test_search_engines_and_messengers_are_told(client: Client, apron: ProductPage, settings: Any) -> None:
    add_picture(apron, "A folded apron")
    kitchen = Category.objects.create(name="Kitchen", slug="kitchen")
    ProductCategory.objects.create(product=apron, category=kitchen)
    page = client.get(ADDRESS).text
    product, trail = told(page)
    assert product["name"] == "Linen apron" and product["image"][0].startswith(settings.BASE_URL)
    assert [step["name"] for step in trail["itemListElement"]] == ["Home", "Shop", "Kitchen", "Linen apron"]
    assert re.search(r'<meta property="og:image" content="http[^"]+\.jpg">', page)
    assert '<meta property="og:image:alt" content="A folded apron">' in page
    assert '<meta property="product:price:amount" content="38.00">' in page


def test_no_title_breaks_out_of_what_is_told(client: Client, apron: ProductPage) -> None:
    ProductPage.objects.update(title="</script><script>alert(1)</script><!--&amp;")
    page = client.get(ADDRESS).text
    assert "<script>alert" not in page
    assert told(page)[0]["name"] == "</script><script>alert(1)</script><!--&amp;"


def test_related_products_are_those_chosen_else_of_the_same_category(
    client: Client, shop: ShopPage, apron: ProductPage
) -> None:
    kitchen = Category.objects.create(name="Kitchen", slug="kitchen")
    towel, bag, hidden = (make_product(shop, title) for title in ("Tea towel", "Market bag", "Hidden thing"))
    hidden.unpublish()
    for product in (apron, towel, hidden):
        ProductCategory.objects.create(product=product, category=kitchen)
    page = client.get(ADDRESS).text
    assert "You may also like" in page and "Tea towel" in page and "Market bag" not in page
    RelatedProduct.objects.create(product=apron, related=bag)
    RelatedProduct.objects.create(product=apron, related=hidden)
    page = client.get(ADDRESS).text
    assert "Goes well with it" in page and "Market bag" in page
    assert "Tea towel" not in page and "Hidden thing" not in page


def test_each_way_a_price_is_split_is_shown_once(client: Client, apron: ProductPage) -> None:
    MakerSettings.load()
    Variant.objects.update(first_value="Blue", maker_pay=1600, materials_cost=700)
    add_variant(apron, first_value="Green", maker_pay=1600, materials_cost=700)
    add_variant(apron, first_value="Large", price=5000, maker_pay=2000, materials_cost=900)
    page = client.get(ADDRESS).text
    assert page.count('class="price-split__table"') == 2 and "goes: Large" in page


def test_the_sitemap_names_what_is_live(client: Client, apron: ProductPage) -> None:
    assert ADDRESS in client.get("/sitemap.xml").text
    apron.unpublish()
    assert ADDRESS not in client.get("/sitemap.xml").text
    assert client.get(ADDRESS).status_code == 404


@pytest.mark.parametrize("terms", [{"until": timezone.localdate() - timedelta(days=1)}, {"channel_shop": False}])
def test_of_a_picture_whose_person_does_not_agree_not_even_the_words_are_shown(
    client: Client, apron: ProductPage, terms: dict[str, Any]
) -> None:
    picture = add_picture(apron, "Amara at her loom").image
    add_picture(apron, "A folded apron", "red")
    picture.consent = consent = a_consent()
    picture.save()
    assert "Amara at her loom" in client.get(ADDRESS).text
    Consent.objects.filter(pk=consent.pk).update(given_on=timezone.localdate() - timedelta(days=9), **terms)
    basket = {"kind": "shop.variant", "reference": Variant.objects.get().pk}
    for page in (client.get(ADDRESS), client.get("/shop/"), client.get("/basket/add/", basket)):
        assert "Amara at her loom" not in page.text and "A folded apron" in page.text
