"""What the offerings can put on any page: a tier list, a gift form, a product grid.

An offering registers with the Wagtail hook ``register_offer``: a function without arguments that returns an
``Offer``. Pages know the kind's name only, so an offering can be deleted without touching a page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.http import HttpRequest
from wagtail import hooks


@dataclass(frozen=True, kw_only=True)
class Offer:
    kind: str
    label: str
    # Called with the request, the block's reference and its options; returns safe HTML.
    render: Callable[[HttpRequest | None, str, Mapping[str, str]], str]


def all_offers() -> dict[str, Offer]:
    offers = [register() for register in hooks.get_hooks("register_offer")]
    return {offer.kind: offer for offer in offers}


def offer_choices() -> list[tuple[str, str]]:
    return sorted((offer.kind, offer.label) for offer in all_offers().values())
