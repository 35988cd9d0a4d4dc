from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.db import transaction

from pages.demo.blocks import offer
from pages.gates import kept_groups
from pages.models import HomePage, SiteImage
from receipts.money import minor_digits
from shop.demo import words
from shop.models import (
    Category,
    MemberPrice,
    ProductCategory,
    ProductPage,
    ProductPicture,
    ShopPage,
    Stock,
    StockMovement,
    Variant,
)

PICTURES = Path(__file__).parent / "pictures"


@transaction.atomic
def build_shop() -> ShopPage | None:
    """Made once, on a site that has its home page; what editors made of it since stays."""
    home = HomePage.objects.first()
    if home is None or ShopPage.objects.exists():
        return ShopPage.objects.first()
    shop: ShopPage = home.add_child(
        instance=ShopPage(
            title="Shop",
            slug="shop",
            introduction=words.INTRODUCTION,
            search_description=words.INTRODUCTION,
            show_in_menus=True,
        )
    )
    shop.save_revision().publish()
    categories = _categories()
    # The first in the list is the newest on the shelf.
    for product in reversed(words.PRODUCTS):
        _build(shop, product, categories[product.category])
    _show_on(home)
    return shop


def _categories() -> dict[str, Category]:
    return {
        slug: Category.objects.get_or_create(slug=slug, defaults={"name": name, "order": order})[0]
        for order, (slug, name) in enumerate(words.CATEGORIES.items())
    }


def _build(shop: ShopPage, about: words.Product, category: Category) -> None:
    page: ProductPage = shop.add_child(
        instance=ProductPage(
            title=about.title,
            slug=about.slug,
            summary=about.summary,
            description=about.description,
            provenance=about.provenance,
            materials=about.materials,
            care=about.care,
            made_to_order_days=about.days,
            first_option=about.options[0],
            second_option=about.options[1],
        )
    )
    page.product_categories = [ProductCategory(category=category)]
    page.pictures = [
        ProductPicture(image=_picture(name, about.title), alt=alt, sort_order=order)
        for order, (name, alt) in enumerate(about.pictures)
    ]
    page.member_prices = [MemberPrice(group_id=group, percent_off=about.members) for group in kept_groups()]
    page.variants = [_variant(about, order, piece) for order, piece in enumerate(about.pieces)]
    page.save_revision().publish()
    if about.days is None:
        _stock(page, about)


def _variant(about: words.Product, order: int, piece: words.Piece) -> Variant:
    unit = 10 ** minor_digits(settings.REPORTING_CURRENCY)
    return Variant(
        sku=f"{about.slug.upper()[:20]}-{order + 1}",
        sort_order=order,
        first_value=piece.first,
        second_value=piece.second,
        price=piece.price * unit,
        sale_price=None if piece.sale is None else piece.sale * unit,
        maker_pay=piece.maker * unit,
        materials_cost=piece.materials * unit,
        weight=piece.weight,
    )


def _stock(page: ProductPage, about: words.Product) -> None:
    for variant, piece in zip(Variant.objects.filter(product=page).order_by("sort_order"), about.pieces, strict=True):
        Stock.objects.create(variant=variant, on_hand=piece.ready, low_at=3)
        if piece.ready:
            StockMovement.objects.create(
                variant=variant, change=piece.ready, on_hand_after=piece.ready, reason=StockMovement.Reason.MADE
            )


def _picture(name: str, title: str) -> SiteImage:
    with (PICTURES / f"{name}.png").open("rb") as opened:
        picture = SiteImage(title=title, file=File(opened, name=f"{name}.png"))
        picture.save()
    return picture


def _show_on(home: HomePage) -> None:
    """The newest, on the home page, before its last band."""
    body = list(home.body.get_prep_value())
    shelf = offer(
        kind="shop.products",
        title="From the workshop",
        text="What you buy here pays its maker first. Each price shows how much.",
        options="number=4",
    )
    home.body = [*body[:-1], shelf, *body[-1:]]
    home.save_revision().publish()
