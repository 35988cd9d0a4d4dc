"""The listing as a page shows it: the cards of one page, the form's choices, and what is chosen of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils.translation import get_language

from receipts.money import format_amount
from shop.catalogue.asked import Asked, Limit, Sort, read
from shop.catalogue.cards import Card, cards_of
from shop.catalogue.choices import Choices, choices_of
from shop.catalogue.finding import find
from shop.models import ShopPage

PER_PAGE = 24


@dataclass(frozen=True, kw_only=True)
class Chip:
    """Something that was asked for, and the address without it."""

    label: str
    address: str


@dataclass(frozen=True, kw_only=True)
class Group:
    """One set of boxes in the form."""

    key: str
    label: str
    # Value, what it is called, whether it is ticked.
    boxes: list[tuple[str, str, bool]]


@dataclass(frozen=True, kw_only=True)
class Listing:
    asked: Asked
    cards: list[Card]
    # Of the paginator: its numbers, not its rows.
    page: Any
    count: int
    groups: list[Group]
    chips: list[Chip]
    sorts: list[tuple[str, str, bool]]
    currency: str


def listing(shop: ShopPage, request: HttpRequest, at: datetime) -> Listing:
    choices = choices_of(shop)
    language = get_language() or "en"
    asked = _known(read(request.GET, options=choices.options, currency=shop.currency, language=language), choices)
    keys = find(shop, asked, choices.names_of_options, at, request)
    page = Paginator(keys, PER_PAGE).get_page(request.GET.get("p"))
    return Listing(
        asked=asked,
        cards=cards_of(list(page), request, at),
        page=page,
        count=len(keys),
        groups=groups_of(choices, asked),
        chips=list(chips_of(choices, asked, shop.currency, language)),
        sorts=[(sort.value, sort.label, sort is asked.sort) for sort in Sort],
        currency=shop.currency,
    )


def _known(asked: Asked, choices: Choices) -> Asked:
    """Without categories and makers that are gone or may not be shown: an old address still leads somewhere."""
    return replace(
        asked,
        categories=tuple(slug for slug in asked.categories if slug in choices.categories),
        makers=tuple(slug for slug in asked.makers if slug in choices.makers),
        options={
            key: tuple(value for value in values if value in choices.options[key].values)
            for key, values in asked.options.items()
        },
    )


def groups_of(choices: Choices, asked: Asked) -> list[Group]:
    groups = [
        Group(key="category", label="Category", boxes=_boxes(choices.categories, asked.categories)),
        *(
            Group(key=key, label=option.label, boxes=_boxes({value: value for value in option.values}, chosen))
            for key, option in choices.options.items()
            for chosen in [asked.options.get(key, ())]
        ),
        Group(key="maker", label="Maker", boxes=_boxes(choices.makers, asked.makers)),
    ]
    return [group for group in groups if group.boxes]


def _boxes(labels: dict[str, str], chosen: tuple[str, ...]) -> list[tuple[str, str, bool]]:
    return [(value, label, value in chosen) for value, label in labels.items()]


def chips_of(choices: Choices, asked: Asked, currency: str, language: str) -> list[Chip]:
    def chip(label: str, **left: Any) -> Chip:
        return Chip(label=label, address=replace(asked, **left).address())

    chips = [chip(f"“{asked.text}”", text="")] if asked.text else []
    for slug in asked.categories:
        left = tuple(one for one in asked.categories if one != slug)
        chips.append(chip(choices.categories[slug], categories=left))
    for key, values in asked.options.items():
        for value in values:
            label = f"{choices.options[key].label}: {value}"
            chips.append(Chip(label=label, address=asked.without_option(key, value).address()))
    for slug in asked.makers:
        left = tuple(one for one in asked.makers if one != slug)
        chips.append(chip(f"Made by {choices.makers[slug]}", makers=left))
    if asked.price_from.amount is not None:
        chips.append(chip(f"From {format_amount(asked.price_from.amount, currency, language)}", price_from=Limit()))
    if asked.price_to.amount is not None:
        chips.append(chip(f"Up to {format_amount(asked.price_to.amount, currency, language)}", price_to=Limit()))
    if asked.in_stock:
        chips.append(chip("Can be had now", in_stock=False))
    if asked.on_sale:
        chips.append(chip("On sale", on_sale=False))
    return chips
