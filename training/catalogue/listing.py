"""The listing: what was found, and what it can be narrowed down to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest

from training.catalogue.asked import KEYS, Asked, read
from training.catalogue.cards import Card, cards_of
from training.catalogue.finding import KINDS, LEVELS, Offered, offered_pages, open_sessions, runs_at
from training.catalogue.runs import LANGUAGES, Run
from training.models import Session, TrainingIndexPage

PER_PAGE = 12
LABELS = {
    "kind": "What",
    "place": "Where",
    "month": "When",
    "language": "Language",
    "level": "Level",
    "price": "Price",
}
PLACES = {"online": "Online", "place": "In a place"}
PRICES = {"free": "Free", "own": "Pay what you can", "bursary": "Bursaries"}
Facts = dict[str, frozenset[str]]


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


def listing(index: TrainingIndexPage, request: HttpRequest, at: datetime) -> Listing:
    asked = read(request.GET)
    pages = offered_pages(index, request, asked.text)
    runs = runs_by_page(pages, at, past=asked.past)
    # What has no date at all is to come; what had some is over.
    undated = {page.pk for page in pages if not page.has_dates and not asked.past}
    nothing: list[Run | None] = [None]
    rows = [(page, run) for page in pages for run in runs.get(page.pk) or (nothing if page.pk in undated else [])]
    facts = [(page, run, facts_of(page, run)) for page, run in rows]
    choices = choices_of(facts)
    asked = replace(asked, values=_known(asked, choices))
    found = in_order(pages, [(page, run) for page, run, fact in facts if asked.fits(fact)], past=asked.past)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("p"))
    return Listing(
        asked=asked,
        cards=cards_of(list(page), request),
        page=page,
        count=len(found),
        groups=_groups(choices, asked),
        chips=list(_chips(asked, choices)),
    )


def runs_by_page(pages: Iterable[Offered], at: datetime, *, past: bool) -> dict[int, list[Run]]:
    runs: dict[int, list[Run]] = defaultdict(list)
    for run in runs_at(open_sessions([page.pk for page in pages], at, past=past), at):
        runs[run.session.page_id].append(run)
    return runs


def facts_of(page: Offered, run: Run | None) -> Facts:
    """What can be asked of a session, by key. A page without one can only be asked for what it is."""
    facts: Facts = {"kind": frozenset([page.kind]), "level": frozenset([page.level] if page.level else [])}
    if run is None:
        return facts
    session: Session = run.session
    prices = {"own" for price in run.prices if price.ticket.is_own_price} | {
        "free" for price in run.prices if price.is_free
    }
    return facts | {
        "place": frozenset(key for key, is_so in (("online", session.is_online), ("place", session.place)) if is_so),
        "language": frozenset([session.language]),
        "month": frozenset([f"{session.local(session.starts_at):%Y-%m}"] if session.starts_at else []),
        "price": frozenset(prices | ({"bursary"} if session.takes_applications else set())),
    }


def choices_of(facts: Iterable[tuple[Offered, Run | None, Facts]]) -> dict[str, dict[str, str]]:
    """By key: the values that at least one has, with what they are called."""
    there: dict[str, set[str]] = defaultdict(set)
    for _, _, known in facts:
        for key, values in known.items():
            there[key] |= values
    named: dict[str, Mapping[str, str]] = {
        "kind": KINDS, "place": PLACES, "language": LANGUAGES, "level": LEVELS, "price": PRICES,
        "month": {month: _month(month) for month in sorted(there["month"])},
    }  # fmt: skip
    return {key: {value: str(label) for value, label in named[key].items() if value in there[key]} for key in KEYS}


def _month(month: str) -> str:
    return f"{datetime.strptime(month, '%Y-%m'):%B %Y}"


def _known(asked: Asked, choices: Mapping[str, Mapping[str, str]]) -> dict[str, tuple[str, ...]]:
    """Without what nothing has any more: an old address still leads somewhere."""
    kept = {key: tuple(value for value in values if value in choices[key]) for key, values in asked.values.items()}
    return {key: values for key, values in kept.items() if values}


def in_order(
    pages: Iterable[Offered], rows: Iterable[tuple[Offered, Run | None]], *, past: bool
) -> list[tuple[Offered, list[Run]]]:
    """By the next session, or the last one that is over; pages without a date come last."""
    found: dict[int, list[Run]] = {}
    for page, run in rows:
        found.setdefault(page.pk, []).extend([run] if run else [])
    there = [(page, found[page.pk]) for page in pages if page.pk in found]
    dated = sorted((one for one in there if one[1]), key=lambda one: _starts(one[1][0]), reverse=past)
    return [*dated, *(one for one in there if not one[1])]


def _starts(run: Run) -> datetime:
    return run.session.starts_at or datetime.max.replace(tzinfo=UTC)


def _groups(choices: Mapping[str, Mapping[str, str]], asked: Asked) -> list[Group]:
    """Without those in which there is nothing to choose."""
    return [_group(key, choices, asked) for key in KEYS if len(choices[key]) > 1 or asked.values.get(key)]


def _group(key: str, choices: Mapping[str, Mapping[str, str]], asked: Asked) -> Group:
    chosen = asked.values.get(key, ())
    boxes = [(value, label, value in chosen) for value, label in choices[key].items()]
    return Group(key=key, label=LABELS[key], boxes=boxes)


def _chips(asked: Asked, choices: Mapping[str, Mapping[str, str]]) -> Iterable[Chip]:
    if asked.text:
        yield Chip(label=f"“{asked.text}”", address=replace(asked, text="").address())
    for key in KEYS:
        for value in asked.values.get(key, ()):
            yield Chip(label=choices[key][value], address=asked.without(key, value).address())
