"""Thousands of products in seconds: for counting queries and for measuring."""

from __future__ import annotations

from django.contrib.contenttypes.models import ContentType
from wagtail.models import Locale, Page
from wagtail.search.backends import get_search_backend

from shop.models import Category, ProductCategory, ProductPage, ShopPage, Stock, Variant

COLOURS = ("Blue", "Green", "Natural", "Red", "Rust", "Sand", "White", "Yellow")
SIZES = ("Large", "Medium", "Small")
KINDS = ("Apron", "Bag", "Candle", "Cushion", "Mug", "Scarf", "Soap", "Tray")
VARIANTS = 4


def make_many(shop: ShopPage, number: int, *, categories: int = 8, searchable: bool = True) -> list[ProductPage]:
    """``number`` live products with four variants each, spread over categories, colours, prices and stock."""
    pages = _pages(shop, number)
    products = _products(pages)
    _categorise(products, categories)
    _variants(products)
    if searchable:
        get_search_backend().get_index_for_model(ProductPage).add_items(ProductPage, products)
    return products


def _pages(shop: ShopPage, number: int) -> list[Page]:
    kind = ContentType.objects.get_for_model(ProductPage)
    locale = Locale.get_default()
    pages = [
        Page(
            title=f"{COLOURS[place % 8]} {KINDS[place // 8 % 8]} {place}",
            draft_title=f"Product {place}",
            slug=f"product-{place}",
            path=Page._get_path(shop.path, shop.depth + 1, place + 1),
            depth=shop.depth + 1,
            url_path=f"{shop.url_path}product-{place}/",
            content_type=kind,
            locale=locale,
            live=True,
        )
        for place in range(number)
    ]
    Page.objects.bulk_create(pages, batch_size=500)
    ShopPage.objects.filter(pk=shop.pk).update(numchild=number)
    return list(Page.objects.child_of(shop).order_by("path"))


def _products(pages: list[Page]) -> list[ProductPage]:
    products = []
    for place, page in enumerate(pages):
        product = ProductPage(
            page_ptr=page, first_option="Colour", second_option="Size", summary=f"The {place}th thing on the shelf."
        )
        product.__dict__.update({field.attname: getattr(page, field.attname) for field in Page._meta.concrete_fields})
        product.made_to_order_days = 10 if place % 10 == 9 else None
        products.append(product)
    fields = ProductPage._meta.local_concrete_fields
    for start in range(0, len(products), 100):
        ProductPage._base_manager._insert(products[start : start + 100], fields=fields, using="default")
    return products


def _categorise(products: list[ProductPage], number: int) -> None:
    categories = [
        Category.objects.create(name=f"Category {place}", slug=f"category-{place}", order=place)
        for place in range(number)
    ]
    ProductCategory.objects.bulk_create(
        ProductCategory(product=product, category=categories[place % number]) for place, product in enumerate(products)
    )


def _variants(products: list[ProductPage]) -> None:
    variants = Variant.objects.bulk_create(
        (
            Variant(
                product=product,
                sku=f"S{place}-{number}",
                sort_order=number,
                first_value=COLOURS[(place + number) % 8],
                second_value=SIZES[number % 3],
                price=500 + (place * 37 + number * 100) % 9500,
                sale_price=400 if place % 20 == 0 and number == 0 else None,
            )
            for place, product in enumerate(products)
            for number in range(VARIANTS)
        ),
        batch_size=500,
    )
    Stock.objects.bulk_create(
        (Stock(variant=variant, on_hand=place % 7) for place, variant in enumerate(variants)), batch_size=500
    )
