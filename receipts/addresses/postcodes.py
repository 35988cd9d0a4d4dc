"""Postcodes: read as people type them, written as their country does, and refused where they can't be right."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from receipts.addresses.regions import regions_of, rules_of
from receipts.addresses.shapes import shape_of
from receipts.addresses.words import country_in_a_sentence, in_a_sentence


def normalise_postcode(typed: str, *, country: str, region: str = "") -> str | None:
    """The postcode as the country writes it ("k1a0b1" is "K1A 0B1"), or None where there can be no such one."""
    rules = rules_of(country, region if region in dict(regions_of(country)) else "")
    for candidate in _candidates(typed, country):
        if all(pattern.match(candidate) for pattern in rules.postal_code_matchers):
            return candidate
    return None


def refusal_of_postcode(typed: str, *, country: str, region: str = "") -> str:
    """The sentence for who typed it: what it is not, and what one looks like."""
    fits_country = normalise_postcode(typed, country=country) is not None
    place = dict(regions_of(country)).get(region, "") if fits_country else ""
    label = in_a_sentence(shape_of(country).labels["postcode"])
    examples = rules_of(country, region if place else "").postal_code_examples
    example = f" It looks like {examples[0]}." if examples else ""
    return f"{typed} is no {label} of {place or country_in_a_sentence(country)}.{example}"


def _candidates(typed: str, country: str) -> Iterator[str]:
    """Ways to write what was typed, the country's own first."""
    plain = _plain(typed)
    bare = re.sub(r"[^A-Z0-9]", "", plain)
    prefix = re.sub(r"[^A-Z0-9]", "", _plain(rules_of(country).postal_code_prefix))
    for letters in dict.fromkeys((bare, bare.removeprefix(prefix))):
        for example in rules_of(country).postal_code_examples:
            if len(re.sub(r"[^A-Z0-9]", "", example)) == len(letters):
                yield _written_as(example, letters)
        yield letters
    yield plain


def _plain(text: str) -> str:
    """Capitals and ASCII figures: people type full-width ones, and those of their own script."""
    text = unicodedata.normalize("NFKC", text).upper()
    figures = (str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)
    return " ".join("".join(figures).split())


def _written_as(example: str, letters: str) -> str:
    """The letters, with spaces and hyphens where the example has them."""
    rest = iter(letters)
    return "".join(next(rest) if sign.isalnum() else sign for sign in example)
