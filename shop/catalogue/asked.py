"""What a visitor asks of the listing, read from an address that anybody may have written."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from enum import StrEnum

from django.http import QueryDict
from django.utils.text import slugify

from pages.searching import LONGEST
from receipts.money import AmountError, parse_amount

# Whoever writes more of one kind into an address is no customer.
MOST_VALUES = 40
MOST_LETTERS = 60


class Sort(StrEnum):
    NEWEST = "newest"
    CHEAPEST = "price"
    DEAREST = "-price"
    NAME = "name"

    @property
    def label(self) -> str:
        return SORT_LABELS[self]


SORT_LABELS = {
    Sort.NEWEST: "Newest first",
    Sort.CHEAPEST: "Price, lowest first",
    Sort.DEAREST: "Price, highest first",
    Sort.NAME: "Name",
}
# What a parameter can be called that no option of a product may be.
OWN = {"q", "category", "maker", "price-from", "price-to", "in-stock", "on-sale", "sort", "p"}


def option_key(name: str) -> str:
    """What an option is called in an address: "Colour" is ``colour``; one that would be ours gets a tail."""
    key = slugify(name, allow_unicode=True) or "option"
    return f"{key}-option" if key in OWN else key


@dataclass(frozen=True, kw_only=True)
class Limit:
    """A price that was typed: what it says in minor units, or what is wrong with it."""

    typed: str = ""
    amount: int | None = None
    problem: str = ""


@dataclass(frozen=True, kw_only=True)
class Asked:
    text: str = ""
    categories: tuple[str, ...] = ()
    makers: tuple[str, ...] = ()
    # By the option's key.
    options: dict[str, tuple[str, ...]] = field(default_factory=dict)
    price_from: Limit = Limit()
    price_to: Limit = Limit()
    in_stock: bool = False
    on_sale: bool = False
    sort: Sort = Sort.NEWEST

    def address(self) -> str:
        """The question as it stands behind the path, in one order whatever order it was asked in."""
        query = QueryDict(mutable=True)
        if self.text:
            query["q"] = self.text
        query.setlist("category", list(self.categories))
        query.setlist("maker", list(self.makers))
        for key, values in self.options.items():
            query.setlist(key, list(values))
        for key, limit in (("price-from", self.price_from), ("price-to", self.price_to)):
            if limit.typed:
                query[key] = limit.typed
        for key, wanted in (("in-stock", self.in_stock), ("on-sale", self.on_sale)):
            if wanted:
                query[key] = "1"
        if self.sort is not Sort.NEWEST:
            query["sort"] = self.sort.value
        text = query.urlencode()
        return f"?{text}" if text else ""

    def without_option(self, key: str, value: str) -> Asked:
        left = {
            name: tuple(one for one in values if (name, one) != (key, value)) for name, values in self.options.items()
        }
        return replace(self, options={name: values for name, values in left.items() if values})


def read(query: QueryDict, *, options: Collection[str], currency: str, language: str = "en") -> Asked:
    """Whatever the address says of these options and of the rest.

    What makes no sense is left out; a price that is none is said beside its field.
    """
    return Asked(
        text=_clean(query.get("q", ""))[:LONGEST],
        categories=_values(query, "category"),
        makers=_values(query, "maker"),
        options={key: values for key in options if (values := _values(query, key))},
        price_from=_limit(query.get("price-from", ""), currency, language),
        price_to=_limit(query.get("price-to", ""), currency, language),
        in_stock=query.get("in-stock") == "1",
        on_sale=query.get("on-sale") == "1",
        sort=_sort(query.get("sort", "")),
    )


def _clean(text: str) -> str:
    # PostgreSQL takes no NUL in a text, and nobody types one.
    return text.replace("\x00", "").strip()


def _values(query: QueryDict, key: str) -> tuple[str, ...]:
    found = (_clean(value)[:MOST_LETTERS] for value in query.getlist(key)[:MOST_VALUES])
    return tuple(dict.fromkeys(value for value in found if value))


def _limit(typed: str, currency: str, language: str) -> Limit:
    typed = _clean(typed)[:MOST_LETTERS]
    if not typed:
        return Limit()
    try:
        return Limit(typed=typed, amount=parse_amount(typed, currency, language))
    except AmountError as error:
        return Limit(typed=typed, problem=str(error))


def _sort(text: str) -> Sort:
    return Sort(text) if text in list(Sort) else Sort.NEWEST
