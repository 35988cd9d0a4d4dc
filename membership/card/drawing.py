"""The card as a page: folded to the size of a bank card on paper, or as large as a telephone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import segno
from django.template.loader import render_to_string
from django.utils import timezone

from membership.card.cards import verify_url
from membership.models import MemberCard
from pages.colours import readable_on, text_on
from pages.models import Brand
from receipts import drawing
from receipts.documents import LETTER_COUNTRIES, written_date
from receipts.models import Issuer

STYLE = Path(__file__).parents[1] / "templates" / "membership" / "card" / "card.css"
LANGUAGE = "en"
# Longer names are set smaller, so that they stay on a card of 85.6 by 54 millimetres.
LONG_NAME, VERY_LONG_NAME = 22, 44


@dataclass(frozen=True, kw_only=True)
class CardFace:
    """What stands on a card: its owner may show it to anybody."""

    organisation: str
    name: str
    name_size: str
    tier: str
    tier_size: str
    since: str
    until: str
    qr: str
    url: str


def face_of(card: MemberCard, brand: Brand) -> CardFace:
    membership = card.membership
    name = membership.payer.current().name
    return CardFace(
        organisation=brand.name,
        name=name,
        name_size=_size(name),
        tier=membership.tier.name,
        tier_size=_size(membership.tier.name),
        since=_day(membership.started_at),
        until=_day(membership.paid_until),
        qr=qr_svg(verify_url(card)),
        url=verify_url(card),
    )


def _size(name: str) -> str:
    if len(name) > VERY_LONG_NAME:
        return "smallest"
    return "smaller" if len(name) > LONG_NAME else "usual"


def _day(moment: Any) -> str:
    return written_date(timezone.localdate(moment), LANGUAGE) if moment else ""


def qr_svg(url: str) -> str:
    code = segno.make(url, error="m", micro=False)
    title = "Code that leads to the page which says whether this card is valid"
    # Dark on white with its margin, in every colour scheme: a camera wants it so.
    return code.svg_inline(
        border=3, dark="#12211f", light="#fff", title=title, svgclass=None, lineclass=None, omitsize=True
    )


def draw_card(card: MemberCard, brand: Brand, *, for_phone: bool) -> bytes:
    """Raises drawing.PdfIsOff and drawing.MissingGlyphs."""
    return drawing.draw(html=card_html(card, brand, for_phone=for_phone), identifier=card.token, created=card.made_at)


def card_html(card: MemberCard, brand: Brand, *, for_phone: bool) -> str:
    ink = text_on(brand.primary_colour)
    context = {
        "face": face_of(card, brand),
        "shape": "phone" if for_phone else _paper(),
        "style": _style(),
        "brand": brand.primary_colour,
        "ink": ink,
        "accent": readable_on(brand.primary_colour, brand.accent_colour),
        "created": f"{card.made_at:%Y-%m-%dT%H:%M:%SZ}",
    }
    return render_to_string("membership/card/document.html", context)


def _paper() -> str:
    return "letter" if Issuer.load().jurisdiction in LETTER_COUNTRIES else "a4"


@cache
def _style() -> str:
    return STYLE.read_text(encoding="utf-8")
