"""Amounts are integers in the currency's minor unit. This module alone parses, formats and splits them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.numbers import format_currency, get_decimal_symbol, get_group_symbol

# Twelve digits of minor units: ten thousand million dollars, and far from any database's limit.
MOST_DIGITS = 12


class AmountError(ValueError):
    """What was typed is no amount. Its text is a sentence for the person who typed it."""


@cache
def minor_digits(currency: str) -> int:
    """How many decimals the currency has: 2 for USD, 0 for JPY, 3 for KWD (CLDR, with the default for unknown ones)."""
    fractions = get_global("currency_fractions")
    return int(fractions.get(currency.upper(), fractions["DEFAULT"])[0])


@cache
def known_locale(locale: str) -> Locale:
    try:
        return Locale.parse(locale.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en")


def parse_amount(text: str, currency: str, locale: str = "en") -> int:
    """Read what a person typed ("1,250.50", "€ 12") as minor units.

    Raises AmountError with a sentence for the visitor: for no amount, a negative one, too many decimals or digits.
    """
    whole, fraction = _whole_and_fraction(_without_symbols(text, currency, locale), locale)
    digits = minor_digits(currency)
    if len(fraction) > digits:
        raise AmountError(_too_many_decimals(currency, digits))
    number = (whole + fraction.ljust(digits, "0")).lstrip("0") or "0"
    if len(number) > MOST_DIGITS:
        raise AmountError("This amount is too large.")
    return int(number)


def _without_symbols(text: str, currency: str, locale: str) -> str:
    if not isinstance(text, str) or not text.strip():
        raise AmountError("Enter an amount.")
    text = text.strip()
    for sign in _signs(currency.upper(), locale):
        if text.startswith(sign) or text.endswith(sign):
            text = text.removeprefix(sign).removesuffix(sign)
            break
    # Spaces between thousands, as people in France or Sweden type them (also the no-break and the narrow one).
    text = re.sub(r"(?<=[0-9])[ \u00a0\u202f](?=[0-9]{3}(?![0-9]))", "", text.strip(" \t\u00a0\u202f"))
    if re.match(r"[-\u2212]", text):
        raise AmountError("Enter an amount above zero.")
    return text


@cache
def _signs(currency: str, locale: str) -> list[str]:
    """What may stand beside an amount of this currency, the longest first: "US$" before "$". Never another's sign."""
    symbols = {known_locale(name).currency_symbols.get(currency, currency) for name in (locale, "en")}
    narrow = {symbol[-1] for symbol in symbols if not symbol[-1].isalnum()}
    return sorted({currency, currency.lower(), *symbols, *narrow}, key=lambda sign: (-len(sign), sign))


def _whole_and_fraction(text: str, locale: str) -> tuple[str, str]:
    decimal, group = get_decimal_symbol(known_locale(locale)), get_group_symbol(known_locale(locale))
    thousands = rf"[0-9]{{1,3}}(?:{re.escape(group)}[0-9]{{3}})+"
    # [0-9], not \d: digits of other scripts look alike and can hide another amount.
    match = re.fullmatch(rf"({thousands}|[0-9]+)(?:{re.escape(decimal)}([0-9]*))?", text)
    if not match:
        raise AmountError("Enter an amount in figures, for example 25 or 25.50.".replace(".50", f"{decimal}50"))
    return match[1].replace(group, ""), match[2] or ""


def _too_many_decimals(currency: str, digits: int) -> str:
    if digits == 0:
        return f"Enter a whole amount: {currency.upper()} has no decimals."
    return f"Enter an amount with at most {digits} decimals."


def major(amount: int, currency: str) -> Decimal:
    """The amount in the currency's main unit, exactly, for spreadsheets and for formatting."""
    return Decimal(amount).scaleb(-minor_digits(currency))


def plain(amount: int, currency: str) -> str:
    """The amount as bare figures with the currency's decimals, for exports: 1250 USD is "12.50"."""
    return f"{major(amount, currency):.{minor_digits(currency)}f}"


def format_amount(amount: int, currency: str, locale: str = "en") -> str:
    """The amount as people of that locale read it: "$1,250.50", "1.250,50 €"."""
    return format_currency(major(amount, currency), currency.upper(), locale=known_locale(locale))


def split(total: int, weights: Sequence[int]) -> list[int]:
    """Split by largest remainder: integer parts in proportion to the weights that sum to the total.

    Raises ValueError when there is nothing to weigh by.
    """
    weight = sum(weights)
    if weight <= 0 or min(weights) < 0:
        raise ValueError("A split needs weights of zero or more, and one above zero.")
    sign, rest = (-1, -total) if total < 0 else (1, total)
    parts = [rest * share // weight for share in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(rest * weights[i] % weight), i))
    for i in by_remainder[: rest - sum(parts)]:
        parts[i] += 1
    return [sign * part for part in parts]
