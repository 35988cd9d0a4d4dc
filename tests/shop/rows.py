"""A shop with products to test with: small, and as many as a test of numbers wants."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.core.files.images import ImageFile
from PIL import Image
from wagtail.models import Page

from pages.models import SiteImage
from shop.models import ProductPage, ProductPicture, ShopPage, Variant
from shop.stock.counting import set_up


def make_shop_page(parent: Page) -> ShopPage:
    shop: ShopPage = parent.add_child(instance=ShopPage(title="Shop", slug="shop"))
    return shop


def make_product(shop: ShopPage, title: str = "Linen apron", *, price: int = 3800, **fields: Any) -> ProductPage:
    """A live product with one variant at that price, of which five lie ready."""
    product: ProductPage = shop.add_child(
        instance=ProductPage(title=title, **{"summary": f"{title}, made by hand.", **fields})
    )
    add_variant(product, price=price)
    return product


def add_variant(product: ProductPage, *, on_hand: int | None = 5, **fields: Any) -> Variant:
    number = Variant.objects.filter(product=product).count() + 1
    fields = {"sku": f"P{product.pk}-{number}", "price": 3800, "sort_order": number, **fields}
    variant = Variant.objects.create(product=product, **fields)
    if on_hand is not None:
        set_up(variant, on_hand)
    return variant


def make_picture(title: str = "Picture", colour: str = "teal") -> SiteImage:
    drawn = BytesIO()
    Image.new("RGB", (40, 40), colour).save(drawn, "PNG")
    picture = SiteImage(title=title, file=ImageFile(BytesIO(drawn.getvalue()), name="picture.png"))
    picture.save()
    return picture


def add_picture(product: ProductPage, alt: str = "A folded apron", colour: str = "teal") -> ProductPicture:
    order = ProductPicture.objects.filter(product=product).count()
    return ProductPicture.objects.create(product=product, image=make_picture(alt, colour), alt=alt, sort_order=order)
