"""What a visitor asks of the listing, read from an address that anybody may have written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from django.http import QueryDict

from pages.searching import LONGEST

# What the listing can be narrowed down to, in the order of its form.
KEYS = ("kind", "place", "month", "language", "level", "price")
# Whoever writes more of one kind into an address looks for nothing.
MOST_VALUES = 40
MOST_LETTERS = 30


@dataclass(frozen=True, kw_only=True)
class Asked:
    text: str = ""
    # What is over, instead of what is to come.
    past: bool = False
    # By key; one of the values of each is enough.
    values: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def is_anything(self) -> bool:
        return bool(self.text or self.values)

    def fits(self, facts: Mapping[str, frozenset[str]]) -> bool:
        return all(facts.get(key, frozenset()) & set(wanted) for key, wanted in self.values.items())

    def address(self) -> str:
        """The question as it stands behind the path, in one order whatever order it was asked in."""
        query = QueryDict(mutable=True)
        if self.past:
            query["past"] = "1"
        if self.text:
            query["q"] = self.text
        for key in KEYS:
            query.setlist(key, list(self.values.get(key, ())))
        text = query.urlencode()
        return f"?{text}" if text else ""

    def without(self, key: str, value: str) -> Asked:
        left = {name: tuple(one for one in ones if (name, one) != (key, value)) for name, ones in self.values.items()}
        return replace(self, values={name: ones for name, ones in left.items() if ones})


def read(query: QueryDict) -> Asked:
    """What makes no sense is left out."""
    return Asked(
        text=_clean(query.get("q", ""))[:LONGEST],
        past=query.get("past") == "1",
        values={key: values for key in KEYS if (values := tuple(_values(query.getlist(key))))},
    )


def _values(typed: Iterable[str]) -> dict[str, None]:
    found = (_clean(value)[:MOST_LETTERS] for value in list(typed)[:MOST_VALUES])
    return dict.fromkeys(value for value in found if value)


def _clean(text: str) -> str:
    # PostgreSQL takes no NUL in a text, and nobody types one.
    return text.replace("\x00", "").strip()
