"""The cells of every exported file: nothing that a spreadsheet would run.

A cell that it would take for a formula is defused; dates are ISO; CSV starts with a byte order mark, so that Excel
reads it as UTF-8.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice

Cell = str | int | Decimal | date | None
Row = Iterable[Cell]

BYTE_ORDER_MARK = "\ufeff"
# What makes a spreadsheet take text for a formula, also behind blanks or a byte order mark.
FORMULA = re.compile(r"[\s\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
ROWS_AT_ONCE = 2_000


def safe_text(cell: Cell) -> str:
    """The cell as text that no spreadsheet runs. Numbers are ours and stay as they are, minus sign and all."""
    if cell is None:
        return ""
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    if isinstance(cell, str):
        text = NOT_IN_XML.sub("", cell)
        return f"'{text}" if FORMULA.match(text) else text
    return str(cell)


def csv_lines(header: Row, rows: Iterable[Row]) -> Iterator[bytes]:
    """A CSV file in pieces."""
    buffer = io.StringIO()
    buffer.write(BYTE_ORDER_MARK)
    writer = csv.writer(buffer, lineterminator="\r\n")
    every = chain([header], rows)
    while batch := list(islice(every, ROWS_AT_ONCE)):
        writer.writerows([safe_text(cell) for cell in row] for row in batch)
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()
