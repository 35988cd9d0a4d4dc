"""A product's page: what can be chosen, what it costs and when it can be had, now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from wagtail.models import Page

from pages.models import SiteImage
from pages.models.consents import Channel
from pages.pictures import Shown, agreed, show
from shop.catalogue.availability import stock_words
from shop.catalogue.cards import Card, cards_of
from shop.catalogue.finding import shelf
from shop.catalogue.prices import members_price, most_off
from shop.makers.price_split import PriceSplit, price_splits
from shop.makers.showing import ShownMaker, shown
from shop.models import Category, ProductPage, Stock, Variant

GALLERY = ("width-640|format-webp", "width-1216|format-webp")
RELATED = 4


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A variant as it is offered now. Amounts are minor units."""

    variant: Variant
    name: str
    price: int
    before: int | None
    members: int | None
    left: int | None
    words: str
    # Where its price goes; None where staff show no split or nothing is known of it.
    split: PriceSplit | None

    @property
    def is_sold_out(self) -> bool:
        return self.left is not None and self.left < 1


@dataclass(frozen=True, kw_only=True)
class ProductNow:
    choices: list[Choice]
    pictures: list[Shown]
    shop: Page
    categories: list[Category]
    maker: ShownMaker | None
    related: list[Card]

    @property
    def first(self) -> Choice | None:
        """What is chosen before anybody chooses: the first that can be had."""
        return next((choice for choice in self.choices if not choice.is_sold_out), None) or next(
            iter(self.choices), None
        )

    @property
    def is_sold_out(self) -> bool:
        return all(choice.is_sold_out for choice in self.choices)

    @property
    def has_one_price(self) -> bool:
        return len({(choice.price, choice.before, choice.members) for choice in self.choices}) < 2

    @property
    def splits(self) -> list[tuple[str, PriceSplit]]:
        """Each way that a price is split, once, with the names of the variants that it is for."""
        named: dict[PriceSplit, list[str]] = {}
        for choice in self.choices:
            if choice.split is not None:
                named.setdefault(choice.split, []).append(choice.name)
        return [("; ".join(names) if len(named) > 1 else "", split) for split, names in named.items()]

    @property
    def least(self) -> Choice | None:
        return min(self.choices, key=lambda choice: choice.price, default=None)


def product_now(page: ProductPage, request: HttpRequest, at: datetime) -> ProductNow:
    shop = page.get_parent()
    categories = list(Category.objects.filter(pk__in=[row.category_id for row in page.product_categories.all()]))
    return ProductNow(
        choices=choices_of(page, at),
        pictures=pictures_of(page),
        shop=shop,
        categories=categories,
        maker=shown([page.maker_id]).get(page.maker_id) if page.maker_id else None,
        related=cards_of(related_to(page, shop, categories, request), request, at),
    )


def choices_of(page: ProductPage, at: datetime) -> list[Choice]:
    """Of the page as it is, saved or only previewed."""
    variants = [variant for variant in page.variants.all() if variant.is_offered]
    stocks = Stock.objects.in_bulk([variant.pk for variant in variants if variant.pk])
    off = most_off(page.member_prices.all())
    splits = price_splits(variants, prices=[variant.price_at(at) for variant in variants])
    return [
        _choice(page, variant, stocks.get(variant.pk), off, split, at)
        for variant, split in zip(variants, splits, strict=True)
    ]


def _choice(
    page: ProductPage, variant: Variant, stock: Stock | None, off: int, split: PriceSplit | None, at: datetime
) -> Choice:
    price = variant.price_at(at)
    left = None if page.is_made_to_order else max(stock.available, 0) if stock else 0
    return Choice(
        variant=variant,
        name=variant.name,
        price=price,
        before=variant.price if price != variant.price else None,
        members=members_price(variant, off, at),
        left=left,
        words=stock_words(left, page.made_to_order_days),
        split=split,
    )


def pictures_of(page: ProductPage, *specs: str) -> list[Shown]:
    specs = specs or GALLERY
    rows = list(page.pictures.all())
    pictures = SiteImage.objects.filter(agreed(Channel.SHOP), pk__in=[row.image_id for row in rows])
    images = pictures.prefetch_renditions(*specs).in_bulk()
    shown_now = [row for row in rows if row.image_id in images]
    for row in shown_now:
        row.image = images[row.image_id]
    return [show(row.image, row.alt, *specs) for row in shown_now]


def related_to(
    page: ProductPage, shop: Page, categories: Iterable[Category], request: HttpRequest | None = None
) -> list[int]:
    """What the editor chose, in that order; where nothing was chosen, others of the same category."""
    chosen = [row.related_id for row in page.related_products.all()]
    others = shelf(shop, request).exclude(pk=page.pk)
    if chosen:
        there = set(others.filter(pk__in=chosen).values_list("pk", flat=True))
        return [key for key in chosen if key in there][:RELATED]
    alike = others.filter(product_categories__category__in=list(categories))
    keys = alike.order_by("-first_published_at", "-pk").values_list("pk", flat=True)[: 4 * RELATED]
    return list(dict.fromkeys(keys))[:RELATED]


def crumbs_of(page: ProductPage, now: ProductNow) -> list[tuple[str, str]]:
    """What lies above the product, with its path: the first page, the shop, its first category."""
    shop = now.shop.get_url() or ""
    crumbs = [("Home", "/"), (now.shop.title, shop)]
    return [*crumbs, *((category.name, f"{shop}?category={category.slug}") for category in now.categories[:1])]
