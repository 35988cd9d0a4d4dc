"""What the listing can be narrowed down to: categories, makers who may be shown, and what variants differ in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db.models import CharField, Count, Exists, Max, OuterRef, QuerySet, Value
from django.db.models.functions import Cast
from wagtail.models import Page

from shop.catalogue.asked import option_key
from shop.makers.showing import agreeing
from shop.models import Category, ProductCategory, ProductPage, ShopPage, Variant

CATEGORY, MAKER, STATE = "category", "maker", "state"


@dataclass(frozen=True, kw_only=True)
class Option:
    """Something that variants differ in, such as colour. Two spellings with one key are one option."""

    key: str
    label: str
    names: set[str] = field(default_factory=set)
    values: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Choices:
    # Slug and name.
    categories: dict[str, str]
    makers: dict[str, str]
    options: dict[str, Option]

    @property
    def names_of_options(self) -> dict[str, set[str]]:
        return {key: option.names for key, option in self.options.items()}


def choices_of(shop: ShopPage) -> Choices:
    """One query, and a second after anything was published; only what at least one product on the shelf has."""
    rows = list(_categories(shop).union(_makers(shop), _state(shop), all=True))
    state = next((order, name) for kind, order, _, name in rows if kind == STATE)
    return Choices(
        categories={slug: name for kind, _, slug, name in sorted(rows) if kind == CATEGORY},
        makers={slug: name for kind, _, slug, name in rows if kind == MAKER},
        options=_merged(options_at(shop.path, *state)),
    )


@lru_cache(maxsize=8)
def options_at(path: str, number: int, published: str) -> tuple[tuple[str, str], ...]:
    """What variants differ in, remembered until another product is on the shelf or one was published.

    To ask for it takes the database as long as all of the rest, because it goes through every variant.
    """
    return tuple(sorted(set(_options(path, "first").union(_options(path, "second"), all=True))))


def _live(shop: ShopPage) -> QuerySet[ProductPage]:
    products: QuerySet[ProductPage] = ProductPage.objects.child_of(shop).live()
    return products


def _text(value: str) -> Value:
    return Value(value, output_field=CharField())


def _categories(shop: ShopPage) -> QuerySet[Any, Any]:
    used = ProductCategory.objects.filter(category=OuterRef("pk"), product__in=_live(shop))
    return Category.objects.filter(Exists(used)).order_by().values_list(_text(CATEGORY), "order", "slug", "name")


def _makers(shop: ShopPage) -> QuerySet[Any, Any]:
    made = _live(shop).filter(maker=OuterRef("pk"))
    return agreeing().filter(Exists(made)).order_by().values_list(_text(MAKER), Value(0), "slug", "alias")


def _state(shop: ShopPage) -> QuerySet[Any, Any]:
    """How many products there are and when one was published last: variants change in no other way."""
    pages = Page.objects.child_of(shop).live().order_by().values(kind=_text(STATE))
    latest = Cast(Max("last_published_at"), CharField())
    return pages.annotate(order=Count("pk"), slug=_text(""), name=latest).values_list("kind", "order", "slug", "name")


def _options(path: str, which: str) -> QuerySet[Any, Any]:
    offered = Variant.objects.filter(is_offered=True, product__live=True, product__path__startswith=path)
    return (
        offered.exclude(**{f"{which}_value": ""})
        .exclude(**{f"product__{which}_option": ""})
        .order_by()
        .values_list(f"product__{which}_option", f"{which}_value")
        .distinct()
    )


def _merged(pairs: Iterable[tuple[str, str]]) -> dict[str, Option]:
    options: dict[str, Option] = {}
    for name, value in pairs:
        option = options.setdefault(option_key(name), Option(key=option_key(name), label=name))
        option.names.add(name)
        if value not in option.values:
            option.values.append(value)
    return options
