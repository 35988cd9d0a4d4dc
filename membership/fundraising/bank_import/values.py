"""Dates and amounts as banks write them. What can be read in two ways is never guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from receipts.money import AmountError, parse_amount

DAY_FIRST, MONTH_FIRST, YEAR_FIRST = "dmy", "mdy", "ymd"
ORDERS = [
    (YEAR_FIRST, "Year, month, day: 2026-11-21"),
    (DAY_FIRST, "Day, month, year: 21/11/2026"),
    (MONTH_FIRST, "Month, day, year: 11/21/2026"),
]
DECIMALS = [(".", "1,234.56"), (",", "1.234,56")]
EARLIEST = date(1990, 1, 1)

# [0-9], not \d: digits of other scripts look alike and can hide another date.
NUMBERS = re.compile(r"([0-9]{1,4})[-/. ]([0-9]{1,2})[-/. ]([0-9]{1,4})(?:[ T][0-9:.]+Z?)?")
COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
# What tells the decimal sign: one or two digits at the end, or both signs.
TAIL = re.compile(r"[0-9]([.,])[0-9]{1,2}\D*$")
THOUSANDS = re.compile(r"[0-9]([.,])[0-9]{3}(?![0-9])")


class Misread(ValueError):
    """What stands in a cell is no date or no amount. Its text is a sentence, without what stands there."""


def _parts(text: str) -> tuple[str, str, str] | None:
    match = NUMBERS.fullmatch(text.strip()) or COMPACT.fullmatch(text.strip())
    return (match[1], match[2], match[3]) if match else None


def guess_order(cells: Iterable[str]) -> str:
    """Which part of these dates is the day; empty where they can be read in two ways."""
    day_first = month_first = seen = False
    for cell in cells:
        parts = _parts(cell)
        if parts is None:
            continue
        seen = True
        if len(parts[0]) == 4:
            return YEAR_FIRST
        day_first = day_first or int(parts[0]) > 12
        month_first = month_first or int(parts[1]) > 12
    if not seen or day_first == month_first:
        return ""
    return DAY_FIRST if day_first else MONTH_FIRST


def read_day(text: str, order: str, *, today: date) -> date:
    parts = _parts(text)
    if parts is None or (order == YEAR_FIRST) != (len(parts[0]) == 4):
        raise Misread("This is no date of the chosen form.")
    places = {YEAR_FIRST: (0, 1, 2), DAY_FIRST: (2, 1, 0), MONTH_FIRST: (2, 0, 1)}[order]
    year, month, day = (int(parts[place]) for place in places)
    try:
        read = date(year + 2000 if year < 100 else year, month, day)
    except ValueError as error:
        raise Misread("There is no such day.") from error
    if read > today:
        raise Misread("This day has not come yet.")
    if read < EARLIEST:
        raise Misread("This day is too long ago.")
    return read


def guess_decimal(cells: Iterable[str]) -> str:
    """The sign before the decimals; empty where 1.234 may be one or a thousand."""
    tails, thousands = set(), set()
    for cell in cells:
        tails |= set(TAIL.findall(cell))
        thousands |= set(THOUSANDS.findall(cell))
    if len(tails) == 1:
        return str(tails.pop())
    return "" if tails or thousands else "."


def read_amount(text: str, currency: str, decimal: str) -> int:
    """Minor units; below zero for money that went out ("-5", "5-", "(5)")."""
    text = text.strip().replace("\u2212", "-")
    is_out = text.startswith("-") or text.endswith("-") or (text.startswith("(") and text.endswith(")"))
    bare = text.removeprefix("+").strip("()") if text.startswith(("+", "(")) else text
    bare = bare.removeprefix("-").removesuffix("-").strip()
    try:
        amount = parse_amount(bare, currency, "en" if decimal == "." else "de")
    except AmountError as error:
        raise Misread("This is no amount of the chosen form.") from error
    if amount == 0:
        raise Misread("An amount of zero is no payment.")
    return -amount if is_out else amount
