"""An address as its country writes it, for labels, invoices and pages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from django_countries import countries

from receipts.addresses.regions import latin_name, rules_of

CODES = {"A": "street", "C": "city", "S": "region", "Z": "postcode"}


def format_address(
    *,
    name: str = "",
    line1: str = "",
    line2: str = "",
    city: str = "",
    region: str = "",
    postcode: str = "",
    country: str = "",
) -> list[str]:
    """The lines of an address from the name to the country, in the order of the country. Nothing typed is left out.

    An address in Latin letters is written in the order that is used for them: in Japan, the other way round.
    """
    rules = rules_of(country)
    is_latin = f"{line1}{line2}{city}".isascii()
    pattern = rules.address_latin_format if is_latin else rules.address_format
    parts = {
        "street": "\n".join(filter(None, (line1, line2))),
        "city": city,
        "region": latin_name(country, region) if is_latin else region,
        "postcode": postcode,
    }
    lines = [line for one in pattern.split("%n") for line in _line(one, parts).split("\n") if line]
    lines += _left_out(pattern, parts)
    country_name = str(countries.name(country)) if country else ""
    # Some end with the name of the island already.
    if country_name and (not lines or lines[-1].casefold() != country_name.casefold()):
        lines.append(country_name)
    return [line for line in (name, *lines) if line]


def _line(pattern: str, parts: Mapping[str, str]) -> str:
    """One line; what stands between two parts goes where one of them is not there."""
    written = ""
    for between, code in _pieces(pattern):
        part = parts.get(CODES.get(code, ""), "")
        if code and not part:
            continue
        is_mark = bool(code) and (not written and not between.strip(" ,-/"))
        written += part if is_mark else between + part
    return written.strip()


def _pieces(pattern: str) -> Iterator[tuple[str, str]]:
    """("", "C"), (", ", "S"), (" ", "Z"): each part with what stands before it; at the end, what stands alone."""
    position = 0
    for found in re.finditer(r"%([A-Z])", pattern):
        yield pattern[position : found.start()], found[1]
        position = found.end()
    if position == 0 and pattern:
        yield pattern, ""


def _left_out(pattern: str, parts: Mapping[str, str]) -> list[str]:
    """What was typed though the country has no place for it."""
    place = {CODES[code] for code in re.findall(r"%([A-Z])", pattern) if code in CODES}
    rest = " ".join(part for field, part in parts.items() if part and field not in place)
    return [rest] if rest else []
