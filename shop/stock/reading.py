"""Counts from a CSV file: all of it is right, or nothing is changed and each wrong line is named."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from shop.models import Variant
from shop.stock.counting import MOST, CannotCount, Reason, count

MOST_BYTES = 512 * 1024
MOST_LINES = 5_000
NAMES_OF_SKU = ("sku", "article", "number of article")
NAMES_OF_COUNT = ("count", "counted", "number", "quantity", "on hand", "stock")
NO_LINES = "We found no lines in this file. It should be a CSV file."


class Unreadable(ValueError):
    """This is no list of counts. Its text is a sentence for staff."""


@dataclass(frozen=True)
class Wrong:
    line: int
    why: str


class WrongLines(Exception):
    """Nothing was changed; ``wrong`` says why, line by line."""

    def __init__(self, wrong: list[Wrong]) -> None:
        super().__init__(f"{len(wrong)} lines are wrong")
        self.wrong = wrong


@dataclass(frozen=True)
class Counted:
    line: int
    sku: str
    number: str


def rows_of(content: bytes) -> list[Counted]:
    """The lines with their numbers, as an editor counts. Raises Unreadable."""
    text = _text(content)
    delimiter = max(",;\t", key=text.splitlines()[0].count)
    rows = [(number, cells) for number, cells in _cells(text, delimiter) if any(cells)]
    if not rows:
        raise Unreadable(NO_LINES)
    head = [cell.lower() for cell in rows[0][1]]
    sku = _place(head, NAMES_OF_SKU)
    number = _place(head, NAMES_OF_COUNT)
    if sku is None or number is None:
        raise Unreadable("The first line must name the columns “SKU” and “Count”.")
    return [Counted(line, _at(cells, sku), _at(cells, number)) for line, cells in rows[1:]]


def count_all(rows: list[Counted], *, note: str = "", by: Any = None) -> int:
    """Write all counts down, in one transaction. Returns how many stocks that changed. Raises WrongLines."""
    variants = Variant.objects.in_bulk({row.sku for row in rows}, field_name="sku")
    wrong = list(_wrong(rows, set(variants)))
    changed = 0
    with transaction.atomic():
        for row in sorted(rows, key=lambda row: variants[row.sku].pk if row.sku in variants else 0):
            if wrong and any(one.line == row.line for one in wrong):
                continue
            try:
                changed += count(variants[row.sku], int(row.number), Reason.COUNTED, note=note, by=by) is not None
            except CannotCount as refused:
                wrong.append(Wrong(row.line, str(refused)))
        if wrong:
            transaction.set_rollback(True)
    if wrong:
        raise WrongLines(sorted(wrong, key=lambda one: one.line))
    return changed


def _wrong(rows: list[Counted], known: set[str]) -> Iterator[Wrong]:
    seen: dict[str, int] = {}
    for row in rows:
        if row.sku not in known:
            yield Wrong(row.line, f"There is no SKU “{row.sku[:40]}”." if row.sku else "The SKU is missing.")
        elif row.sku in seen:
            yield Wrong(row.line, f"“{row.sku}” is counted in line {seen[row.sku]} already.")
        elif not (row.number.isascii() and row.number.isdigit()) or len(row.number) > 9 or int(row.number) > MOST:
            yield Wrong(row.line, f"“{row.number[:20]}” is no count: enter a whole number from 0 to {MOST:,}.")
        seen.setdefault(row.sku, row.line)


def _text(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise Unreadable("This file is too large. Split it.")
    if content.startswith(b"PK"):
        raise Unreadable("This is a spreadsheet, not a CSV file. Open it and save it as CSV.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if not text.strip() or "\x00" in text:
        raise Unreadable(NO_LINES)
    if text.count("\n") > MOST_LINES:
        raise Unreadable(f"This file has more than {MOST_LINES:,} lines. Split it.")
    return text.lstrip("\r\n")


def _cells(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(text.splitlines(), delimiter=delimiter)
    try:
        for cells in reader:
            yield reader.line_num, [cell.strip() for cell in cells]
    except csv.Error as error:
        raise Unreadable(f"Line {reader.line_num} can’t be read.") from error


def _place(head: list[str], names: tuple[str, ...]) -> int | None:
    return next((place for place, cell in enumerate(head) if cell in names), None)


def _at(cells: list[str], place: int) -> str:
    return cells[place] if place < len(cells) else ""
