"""What mails of bookings say of this one case, in the language that is active while they are rendered."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.utils.translation import get_language

from receipts.templatetags.money import money

WORDS = {
    "en": {
        "day": "It begins within a day:",
        "hour": "It begins within an hour:",
        "choose": "On your page you can choose another date, take your money back, or leave it to us as a gift. If we "
        "do not hear from you within {days} days, what you paid goes back by itself.",
        "another": "On your page you can choose another date, if there is one. You need not do anything else.",
        "told": "Who booked your seat can choose what becomes of it.",
        "nothing_paid": "Nothing had been paid for it.",
        "nothing_back": "By the rules that were shown before paying, nothing goes back.",
        "back": "{amount} goes back, to the card or account that you paid with. We write again once it is on its way; "
        "your bank may take up to ten days to show it.",
    },
    "es": {
        "day": "Empieza dentro de un día:",
        "hour": "Empieza dentro de una hora:",
        "choose": "En su página puede elegir otra fecha, recuperar su dinero o dejárnoslo como donación. Si no sabemos "
        "de usted en {days} días, lo que pagó vuelve por sí solo.",
        "another": "En su página puede elegir otra fecha, si la hay. No tiene que hacer nada más.",
        "told": "Quien reservó su lugar puede elegir qué pasa con él.",
        "nothing_paid": "No se había pagado nada por él.",
        "nothing_back": "Según las reglas que se mostraron antes de pagar, no se devuelve nada.",
        "back": "{amount} vuelve a la tarjeta o cuenta con la que pagó. Le escribiremos cuando esté en camino; su "
        "banco puede tardar hasta diez días en mostrarlo.",
    },
}


def said(key: str, **values: object) -> Callable[[], str]:
    """A sentence, to be said once the language is known."""
    return partial(_say, key, values)


def money_back(amount: int, currency: str, *, was_paid: bool) -> Callable[[], str]:
    """Whether money goes back, and how much."""
    if not was_paid:
        return said("nothing_paid")
    return partial(_say_amount, amount, currency) if amount else said("nothing_back")


def _say_amount(amount: int, currency: str) -> str:
    return _say("back", {"amount": money(amount, currency)})


def _say(key: str, values: dict[str, object]) -> str:
    language = "es" if get_language() == "es" else "en"
    return WORDS[language][key].format_map({"days": "", **values})
