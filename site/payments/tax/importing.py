"""Rates from a CSV file: all of them or none, with every fault named by its line."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.cells import Row
from payments.models import TaxRate
from payments.models.tax import STANDARD

COLUMNS = ("country", "region", "category", "name", "rate", "valid_from", "valid_until")
NEEDED = ("country", "name", "rate", "valid_from")
KEY = ("country", "region", "category", "name", "valid_from")
MOST_BYTES = 1024 * 1024
MOST_ROWS = 5_000
MOST_FAULTS = 50


class FaultyFile(Exception):
    """Nothing is taken over. ``faults`` are sentences for staff, each with its line."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = list(faults)
        super().__init__("; ".join(self.faults))


def read_rates(content: bytes) -> list[TaxRate]:
    """The rates in a file, not stored yet. Raises FaultyFile with at most 50 of its faults."""
    rates: dict[tuple[str, ...], int] = {}
    found: list[TaxRate] = []
    faults: list[str] = []
    for line, cells in _rows(_text(content)):
        try:
            rate = _rate(cells)
            key = tuple(str(getattr(rate, name)).casefold() for name in KEY)
            if key in rates:
                raise ValidationError(f"this is line {rates[key]} once more.")
            rates[key] = line
            found.append(rate)
        except ValidationError as error:
            faults.append(f"Line {line}: {_sentence(error)}")
        if len(found) > MOST_ROWS:
            raise FaultyFile([f"This file has more than {MOST_ROWS:,} rates."])
        if len(faults) == MOST_FAULTS:
            break
    if faults or not found:
        raise FaultyFile(faults or ["This file has no rates."])
    return found


@transaction.atomic
def save_rates(rates: Iterable[TaxRate]) -> tuple[int, int]:
    """Store them; one of the same place, category, name and first day gets the new percent and last day.

    Returns how many are new and how many there were.
    """
    rows = list(rates)
    before = TaxRate.objects.count()
    TaxRate.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=KEY, update_fields=["rate", "valid_until"], batch_size=100
    )
    added = TaxRate.objects.count() - before
    return added, len(rows) - added


def export_rows(rates: Iterable[TaxRate]) -> Iterator[Row]:
    """The columns of a file that can be read again."""
    for rate in rates:
        yield (
            str(rate.country),
            rate.region,
            rate.category,
            rate.name,
            f"{rate.rate:f}",
            rate.valid_from,
            rate.valid_until,
        )


def _text(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise FaultyFile(["This file is larger than 1 MB."])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FaultyFile(["This file is no CSV in UTF-8. Save it as “CSV UTF-8”."]) from error
    if "\x00" in text:
        raise FaultyFile(["This file holds characters that no CSV has."])
    return text


def _rows(text: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Each line's number, as an editor counts, and its cells by the names in the first line."""
    head = text.lstrip().partition("\n")[0]
    reader = csv.reader(io.StringIO(text), delimiter=max(",;\t", key=head.count), strict=True)
    names: list[str] | None = None
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise FaultyFile([f"Line {line}: a quotation mark is open, or stands where none can be."]) from error
        if cells is None:
            return
        stripped = [cell.strip() for cell in cells]
        if not any(stripped):
            continue
        if names is None:
            names = _names(stripped)
        else:
            yield line, dict(zip(names, stripped, strict=False))


def _names(cells: list[str]) -> list[str]:
    names = [cell.casefold().replace(" ", "_") for cell in cells]
    if missing := [name for name in NEEDED if name not in names]:
        raise FaultyFile([f"Line 1: name the columns {', '.join(COLUMNS)}. There is no {', no '.join(missing)}."])
    return names


def _rate(cells: Mapping[str, str]) -> TaxRate:
    values: dict[str, Any] = {
        "name": cells.get("name", ""),
        "country": cells.get("country", "").upper(),
        "region": cells.get("region", ""),
        "category": cells.get("category", "").lower() or STANDARD,
        "rate": _percent(cells.get("rate", "")),
        "valid_from": _day(cells.get("valid_from", "")),
        "valid_until": _day(cells.get("valid_until", "")),
    }
    rate = TaxRate(**values)
    rate.full_clean(validate_unique=False, validate_constraints=False)
    return rate


def _percent(text: str) -> Decimal:
    number = text.rstrip("% \u00a0").replace(",", ".")
    # [0-9], not \d: Decimal reads figures of every script, and "1e2".
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", number):
        raise ValidationError({"rate": f"“{text[:40]}” is no percent. Write it as 9.975."})
    return Decimal(number)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise ValidationError(f"“{text[:40]}” is no day. Write it as 2026-01-31.") from error


def _sentence(error: ValidationError) -> str:
    if not hasattr(error, "error_dict"):
        return " ".join(error.messages)
    return " ".join(f"{name}: {' '.join(messages)}" for name, messages in error.message_dict.items())
