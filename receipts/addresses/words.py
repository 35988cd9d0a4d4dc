"""What the parts of an address are called, country by country."""

from __future__ import annotations

from django_countries import countries

REGIONS = {
    "area": "Area",
    "county": "County",
    "department": "Department",
    "district": "District",
    "do_si": "Province or city",
    "emirate": "Emirate",
    "island": "Island",
    "oblast": "Region",
    "parish": "Parish",
    "prefecture": "Prefecture",
    "province": "Province",
    "state": "State",
}
CITIES = {"city": "Town or city", "district": "District", "post_town": "Town or city", "suburb": "Suburb"}
POSTCODES = {"eircode": "Eircode", "pin": "PIN code", "postal": "Postcode", "zip": "ZIP code"}
# Countries that a sentence calls "the ...".
THE = frozenset({
    "AE", "BS", "CC", "CF", "CK", "CX", "DO", "FK", "FO", "GB", "GM", "IM", "KM", "KY", "MH", "MP", "MV", "NL", "PH",
    "SB", "TC", "UM", "US", "VG", "VI",
})  # fmt: skip


def in_a_sentence(label: str) -> str:
    """ "Postcode" is "postcode"; "ZIP code" and "Eircode" stay."""
    return label if label[:2].isupper() or label == POSTCODES["eircode"] else label[:1].lower() + label[1:]


def country_in_a_sentence(country: str) -> str:
    name = str(countries.name(country))
    return f"the {name}" if country in THE and not name.startswith("The ") else name
