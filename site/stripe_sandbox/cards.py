"""The cards that people have: what they look like, when they expire, and what each says when it is charged."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC, datetime

from stripe_sandbox.store import Json, new_id


@dataclass(frozen=True)
class Card:
    text: str
    last4: str
    # What every later charge of it says.
    outcome: str = "paid"
    brand: str = "visa"
    # It expires with the month that is so many months after the one in which it is shown.
    months: int = 48
    funding: str = "credit"
    # Stripe does not take it at all.
    refused: bool = False


CARDS = {
    "paid": Card("A card that works", "4242"),
    "mastercard": Card("A Mastercard that works", "4444", brand="mastercard"),
    "amex": Card("An American Express that works", "0005", brand="amex"),
    "debit": Card("A debit card that works", "5556", funding="debit"),
    "expires_next_month": Card("A card that expires next month", "1881", months=1),
    "declined": Card("A card that is declined at the next charge", "0341", outcome="declined"),
    "insufficient_funds": Card("A card with insufficient funds", "9995", outcome="insufficient_funds"),
    "authentication_required": Card(
        "A card whose bank asks for approval each time", "3184", outcome="authentication_required"
    ),
    "lost_card": Card("A card that will be reported lost", "9987", outcome="lost_card"),
    "stolen_card": Card("A card that will be reported stolen", "9979", outcome="stolen_card"),
    "refused": Card("A card that is refused at once", "0002", outcome="declined", refused=True),
}
# A card that says no at the checkout looks like Stripe's test card for that.
LAST4_OF = {
    "declined": "0002",
    "expired_card": "0069",
    "incorrect_cvc": "0127",
    "processing_error": "0119",
    "incorrect_number": "4241",
    "authentication_required_then_paid": "3155",
}


def card_for(outcome: str) -> Card:
    """The card behind an outcome of the checkout; what it was declined for it does not say again."""
    known = CARDS.get(outcome)
    return Card(outcome, LAST4_OF.get(outcome) or (known.last4 if known else "4242"))


def details_of(card: Card, now: int) -> Json:
    """The ``card`` of a payment method."""
    shown = datetime.fromtimestamp(now, UTC)
    month = shown.month - 1 + card.months
    return {
        "brand": card.brand,
        "checks": None,
        "country": "US",
        "display_brand": {"amex": "american_express"}.get(card.brand, card.brand),
        "exp_month": month % 12 + 1,
        "exp_year": shown.year + month // 12,
        "fingerprint": new_id("", 16).strip("_"),
        "funding": card.funding,
        "generated_from": None,
        "last4": card.last4,
        "networks": {"available": [card.brand], "preferred": None},
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }


def has_expired(method: Json, now: int) -> bool:
    """A card is good through the last day of its month."""
    card = method.get("card")
    if card is None:
        return False
    last = calendar.monthrange(card["exp_year"], card["exp_month"])[1]
    return now >= int(datetime(card["exp_year"], card["exp_month"], last, tzinfo=UTC).timestamp()) + 86400


def named(method: Json) -> str:
    """A way to pay as people call it."""
    if method["type"] != "card":
        return f"Bank account •••• {method[method['type']]['last4']}"
    card = method["card"]
    return f"{card['brand'].capitalize()} •••• {card['last4']}, expires {card['exp_month']:02}/{card['exp_year']}"
