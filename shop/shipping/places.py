"""Which zone a place lies in, and which zones stand in each other's way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from payments.goods import Destination
from shop.models import ShippingZone

# So that a zone for "everywhere else" can be compared with others.
ANYWHERE = ""


def bare(postcode: str) -> str:
    """A postcode without what people write differently: "k1a-0b1" and "K1A 0B1" are one."""
    return "".join(letter for letter in postcode.upper() if letter.isalnum())


def beginnings(zone: ShippingZone) -> tuple[str, ...]:
    """The beginnings that narrow a zone; none means whole countries."""
    return tuple(start for line in zone.postcodes.splitlines() if (start := bare(line)))


def countries(zone: ShippingZone) -> frozenset[str]:
    """Codes of its countries; a zone without any takes every country that no zone before it took."""
    return frozenset(str(country) for country in zone.countries) or frozenset({ANYWHERE})


def lies_in(destination: Destination, zone: ShippingZone) -> bool:
    if not {destination.country.upper(), ANYWHERE} & countries(zone):
        return False
    starts = beginnings(zone)
    return not starts or bare(destination.postcode).startswith(starts)


def zone_of(destination: Destination, zones: Iterable[ShippingZone]) -> ShippingZone | None:
    """The first of the zones, in their order, that the place lies in."""
    if not destination.country:
        return None
    return next((zone for zone in zones if lies_in(destination, zone)), None)


def shadows(zones: Sequence[ShippingZone]) -> Iterator[tuple[ShippingZone, ShippingZone, frozenset[str]]]:
    """Pairs where an earlier zone takes all of a country's places that a later one names too, with those countries."""
    for position, later in enumerate(zones):
        for earlier in zones[:position]:
            if taken := _taken(earlier, later):
                yield earlier, later, taken


def _taken(earlier: ShippingZone, later: ShippingZone) -> frozenset[str]:
    first, second = countries(earlier), countries(later)
    both = second if ANYWHERE in first else first & second
    return both if both and _covers(beginnings(earlier), beginnings(later)) else frozenset()


def _covers(wide: tuple[str, ...], narrow: tuple[str, ...]) -> bool:
    """Whether one of the narrow beginnings can never be reached; whole countries are covered by whole ones alone."""
    if not wide:
        return True
    return any(start.startswith(wide) for start in narrow)
