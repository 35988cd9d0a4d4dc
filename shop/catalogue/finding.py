"""Which products answer a question. All of it is SQL, and true at this moment.

Nothing is kept beside the variants for it. A sale begins and ends by itself and the last one is sold at any second: a
stored "lowest price" or "in stock" would have to be followed by both, and be wrong in between.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import BigIntegerField, Case, Exists, F, Min, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.expressions import Combinable
from django.http import HttpRequest
from wagtail.models import Page

from pages.gated_pages import public
from pages.searching import words_of
from shop.catalogue.asked import Asked, Sort
from shop.models import ProductPage, ShopPage, Variant


def sale_runs(at: datetime) -> Q:
    """The same as ``Variant.is_on_sale``, for the database."""
    started = Q(sale_starts=None) | Q(sale_starts__lte=at)
    going_on = Q(sale_ends=None) | Q(sale_ends__gt=at)
    return Q(sale_price__isnull=False) & started & going_on


def price_at(at: datetime) -> Combinable:
    """The same as ``Variant.price_at``."""
    return Case(When(sale_runs(at), then=F("sale_price")), default=F("price"), output_field=BigIntegerField())


def shelf(shop: Page, request: HttpRequest | None = None) -> QuerySet[ProductPage]:
    """What everybody may see and somebody can buy: live, kept for nobody, with a variant that is offered."""
    offered = Variant.objects.filter(product=OuterRef("pk"), is_offered=True)
    products: QuerySet[ProductPage] = public(ProductPage.objects.child_of(shop).live(), request)
    return products.filter(Exists(offered))


def find(
    shop: ShopPage, asked: Asked, names: dict[str, set[str]], at: datetime, request: HttpRequest | None = None
) -> list[int]:
    """The keys of all products that answer, in order. ``names``: what options are called, by their key.

    One query, whose answer is counted and cut into pages here: to count first would be to search twice.
    """
    products = shelf(shop, request)
    if asked.categories:
        products = products.filter(product_categories__category__slug__in=asked.categories)
    if asked.makers:
        products = products.filter(maker__slug__in=asked.makers)
    variants = _variants(asked, names, at)
    if variants is not None:
        products = products.filter(Exists(variants.filter(product=OuterRef("pk"))))
    if asked.text:
        products = products.filter(_says(asked.text))
    return list(dict.fromkeys(_sorted(products, asked, at).values_list("pk", flat=True)))


def _variants(asked: Asked, names: dict[str, set[str]], at: datetime) -> QuerySet[Variant] | None:
    """One and the same variant must be blue, cheap enough and in stock; None where nothing was asked of them."""
    wanted = Q()
    for key, values in asked.options.items():
        if values:
            wanted &= _option(names[key], values)
    if asked.price_from.amount is not None:
        wanted &= Q(now__gte=asked.price_from.amount)
    if asked.price_to.amount is not None:
        wanted &= Q(now__lte=asked.price_to.amount)
    if asked.in_stock:
        wanted &= Q(product__made_to_order_days__isnull=False) | Q(stock__on_hand__gt=F("stock__reserved"))
    if asked.on_sale:
        wanted &= sale_runs(at)
    if not wanted:
        return None
    return Variant.objects.filter(is_offered=True).alias(now=price_at(at)).filter(wanted)


def _option(names: set[str], values: tuple[str, ...]) -> Q:
    first = Q(product__first_option__in=names, first_value__in=values)
    return first | Q(product__second_option__in=names, second_value__in=values)


def _says(text: str) -> Q:
    """By the index of words, or by the beginning of a SKU, which an index of words would take apart."""
    by_sku = Q(Exists(Variant.objects.filter(product=OuterRef("pk"), sku__istartswith=text)))
    words = words_of(text)
    if not words:
        return by_sku
    # Unsorted: to sort by relevance, SQLite would search again for every product found.
    found = ProductPage.objects.all().search(" ".join(words), operator="and", order_by_relevance=False)
    return Q(pk__in=found.get_queryset().order_by().values("pk")) | by_sku


def _sorted(products: QuerySet[ProductPage], asked: Asked, at: datetime) -> QuerySet[ProductPage]:
    if asked.sort is Sort.NAME:
        return products.order_by("title", "pk")
    if asked.sort is Sort.NEWEST:
        return products.order_by(F("first_published_at").desc(nulls_last=True), "-pk")
    prices = Variant.objects.filter(product=OuterRef("pk"), is_offered=True).order_by().values("product")
    products = products.annotate(lowest=Subquery(prices.annotate(lowest=Min(price_at(at))).values("lowest")))
    return products.order_by("-lowest" if asked.sort is Sort.DEAREST else "lowest", "pk")
