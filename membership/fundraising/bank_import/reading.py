"""From the bytes of a file to its rows. Nothing here believes the file."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

MOST_BYTES = 2 * 1024 * 1024
MOST_LINES = 5_000
MOST_COLUMNS = 40
# A field with line breaks is an address; one that goes on for longer is a quotation mark that was never closed.
MOST_LINES_OF_A_ROW = 12
DELIMITERS = ",;\t"
ENDS = re.compile(r"\r\n|\n|\r")


class Unreadable(ValueError):
    """This file is no statement that we can read. Its text is a sentence for staff."""


@dataclass(frozen=True)
class Row:
    """``cells`` is None where the line is broken; ``number`` is the line's in the file, as an editor counts."""

    number: int
    cells: list[str] | None


def text_of(content: bytes) -> str:
    """Raises Unreadable."""
    if len(content) > MOST_BYTES:
        raise Unreadable("This file is too large. Export a shorter period from your bank.")
    if content.startswith(b"PK"):
        raise Unreadable("This is a spreadsheet, not a CSV file. Open it and save it as CSV.")
    text = _decoded(content)
    if not text.strip():
        raise Unreadable("This file is empty.")
    if "\x00" in text:
        raise Unreadable("This file holds characters that no statement has. Export it from your bank again, as CSV.")
    if len(ENDS.findall(text)) > MOST_LINES:
        raise Unreadable(f"This file has more than {MOST_LINES:,} lines. Export a shorter period from your bank.")
    return text


def _decoded(content: bytes) -> str:
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable("This file is no text. Export it from your bank again, as CSV.")


def delimiter_of(text: str) -> str:
    """What the first line that is not empty has most of."""
    first = next((line for line in ENDS.split(text) if line.strip()), "")
    return max(DELIMITERS, key=first.count)


def rows_of(text: str, delimiter: str) -> Iterator[Row]:
    """Each row with the number of its first line. A broken row costs its own line, and reading goes on below it."""
    lines = [f"{line}\n" for line in ENDS.split(text)]
    place = 0
    while place < len(lines):
        reader = csv.reader(islice(lines, place, place + MOST_LINES_OF_A_ROW), delimiter=delimiter, strict=True)
        try:
            cells = [cell.strip(" \u00a0") for cell in next(reader, [])]
        except csv.Error:
            yield Row(place + 1, None)
            place += 1
            continue
        if any(cells):
            yield Row(place + 1, cells)
        place += max(reader.line_num, 1)


def head_of(text: str) -> tuple[str, list[str]]:
    """The delimiter and the cells of the first row. Raises Unreadable where that can be no statement's."""
    delimiter = delimiter_of(text)
    cells = next((row.cells for row in rows_of(text, delimiter) if row.cells), None)
    if cells is None or len(cells) < 2:
        raise Unreadable("We found no columns in this file. It should be a CSV file with commas, semicolons or tabs.")
    if len(cells) > MOST_COLUMNS:
        raise Unreadable(f"This file has more than {MOST_COLUMNS} columns. A statement has fewer.")
    return delimiter, cells
