"""The gift form on any page: a choice and a button that lead to the form. It holds no token, so the page is cached."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import get_language

from membership.gift_forms import FREQUENCIES, ONCE
from membership.gift_presets import FREQUENCY
from membership.gift_purposes import open_purposes, purpose_wanted
from membership.models import GivingSettings
from receipts.money import AmountError, format_amount, parse_amount, plain

OPTIONS = ("amounts", "amount", "frequency", "fund", "campaign")


def render_gift_form(request: HttpRequest | None, reference: str, options: Mapping[str, str]) -> str:
    """``reference`` is remembered with the gifts that come from here.

    Options: ``amounts`` (with spaces between them), ``amount`` (the one that is chosen), ``frequency`` (once, monthly,
    quarterly, yearly; with ``only`` behind it nothing else is offered), ``fund`` or ``campaign``.
    """
    giving, words = GivingSettings.load(), {name: options.get(name, "").strip() for name in OPTIONS}
    frequency, _, only = words["frequency"].partition(" ")
    chosen = FREQUENCY.get(frequency.casefold(), ONCE)
    amounts = _amounts(words["amounts"], giving) or giving.suggested("" if chosen == ONCE else chosen)
    context = {
        "reference": reference,
        "place": "-".join(filter(None, (reference, chosen, words["fund"], words["campaign"]))),
        "amounts": [(plain(one, giving.currency), format_amount(one, giving.currency, locale())) for one in amounts],
        "chosen_amount": plain(_chosen(words["amount"], amounts, giving), giving.currency),
        "frequencies": [pair for pair in FREQUENCIES if not only or pair[0] == chosen],
        "frequency": chosen,
        "purpose": purpose_wanted(open_purposes(giving), fund=words["fund"], campaign=words["campaign"]),
        "currency": giving.currency,
    }
    return render_to_string("membership/gift_block.html", context)


def locale() -> str:
    return get_language() or "en"


def _amounts(text: str, giving: GivingSettings) -> list[int]:
    """What an editor typed; an amount that makes no sense is left out."""
    found = []
    for word in text.split():
        try:
            amount = parse_amount(word, giving.currency)
        except AmountError:
            continue
        if amount >= giving.smallest:
            found.append(amount)
    return sorted(set(found))


def _chosen(text: str, amounts: list[int], giving: GivingSettings) -> int:
    chosen = _amounts(text, giving)
    return chosen[0] if chosen and chosen[0] in amounts else amounts[min(1, len(amounts) - 1)]
