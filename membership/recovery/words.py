"""The sentences of mails and pages about failed payments, in the language that is active when they are read."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import get_language

from accounts.mail_kinds import written_day
from payments.decline_reasons import Why, why

if TYPE_CHECKING:
    from membership.models import Subscription
    from payments.models import Plan, RenewalFailure

WORDS = {
    "en": {
        "membership": "{} membership",
        "gift": "regular gift",
        "one_gift": "gift",
        "card": "{} ending in {}",
        "a_card": "card",
        "account": "bank account",
        "approve": "We do not try again before you have approved it.",
        "hard": "We do not try this card again. Another card takes a minute.",
        "again": "We will try again on {}.",
        "later": "We will try again in a few days.",
        "goes_on": "Until then, everything you have goes on.",
        "until": "What you paid for is yours until {}.",
    },
    "es": {
        "membership": "membresía {}",
        "gift": "donación periódica",
        "one_gift": "donación",
        "card": "{} terminada en {}",
        "a_card": "tarjeta",
        "account": "cuenta bancaria",
        "approve": "No volveremos a intentarlo antes de que usted lo apruebe.",
        "hard": "No volveremos a usar esta tarjeta. Dar otra lleva un minuto.",
        "again": "Volveremos a intentarlo el {}.",
        "later": "Volveremos a intentarlo en unos días.",
        "goes_on": "Hasta entonces, todo lo que tiene continúa.",
        "until": "Lo que pagó es suyo hasta el {}.",
    },
}
BRANDS = {"amex": "American Express", "mastercard": "Mastercard", "visa": "Visa", "discover": "Discover"}


def words() -> dict[str, str]:
    return WORDS.get(get_language() or "", WORDS["en"])


def what(subscription: Subscription) -> str:
    """What it is, behind "your": a tier by its name, never a person's."""
    tier = getattr(subscription, "tier", None)
    if tier:
        return words()["membership"].format(tier.name)
    return words()["gift" if subscription.interval else "one_gift"]


def card(plan: Plan) -> str:
    """The card by its brand and last digits, as a receipt may show it."""
    if not plan.card_last4:
        return words()["account"]
    brand = BRANDS.get(plan.card_brand, plan.card_brand.title() or words()["a_card"])
    return words()["card"].format(brand, plan.card_last4)


def what_next(failure: RenewalFailure | None) -> str:
    """What happens if the supporter does nothing."""
    kind = why(failure.reason if failure else "")
    if kind == Why.BANK_CHECK:
        return words()["approve"]
    if kind == Why.HARD:
        # Stripe may name a day, but it does not try a hopeless card.
        return words()["hard"]
    day = written_day(failure.next_attempt_at if failure else None)
    again = words()["again"].format(day) if day else words()["later"]
    return f"{again} {words()['goes_on']}"


def kept_until(paid_until: datetime | None, now: datetime) -> str:
    """Until when benefits go on; nothing where that is over."""
    return words()["until"].format(written_day(paid_until)) if paid_until and paid_until > now else ""


def written_date(day: date | None) -> str:
    if day is None:
        return ""
    return date_format(day, r"j \d\e F \d\e Y" if get_language() == "es" else "j F Y")
