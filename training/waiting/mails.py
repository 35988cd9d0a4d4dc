"""What people in the line are told. Called where it happens: it commits or vanishes with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accounts.mailing import send_mail_later
from training.waiting.links import url_of

if TYPE_CHECKING:
    from training.models import Offer, WaitingEntry

JOINED = "training/mail/waiting_joined"
OFFERED = "training/mail/waiting_offered"


def joined(entry: WaitingEntry) -> None:
    """They are on the list: what for, and how to leave it."""
    send_mail_later(template=JOINED, to=entry.email, context=context_of(entry), language=entry.language)


def offered(offer: Offer) -> None:
    """Seats are kept for them: until when, and where to say yes or no."""
    entry = offer.entry
    context = {**context_of(entry), "seats": offer.seats, "until": entry.session.local(offer.until)}
    send_mail_later(template=OFFERED, to=entry.email, context=context, language=entry.language)


def context_of(entry: WaitingEntry) -> dict[str, Any]:
    session = entry.session
    return {
        "name": entry.name,
        "title": str(session.page),
        "starts_at": session.local(session.starts_at) if session.starts_at else None,
        "time_zone": session.time_zone,
        "seats": entry.wanted,
        "place_url": url_of(entry),
    }
