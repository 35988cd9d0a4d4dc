"""The gift form on any page: a choice and a button that lead to the form. It holds no token, so the page is cached."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import get_language

from membership.gift_forms import FREQUENCIES, ONCE
from membership.gift_presets import FREQUENCY, LONGEST
from membership.gift_purposes import open_purposes, purpose_wanted
from membership.models import GivingSettings
from receipts.money import AmountError, format_amount, parse_amount, plain

OPTIONS = ("amounts", "amount", "frequency", "fund", "campaign")


def render_gift_form(request: HttpRequest | None, reference: str, options: Mapping[str, str]) -> str:
    """``reference`` is remembered with the gifts that come from here.

    Options: ``amounts`` (with spaces between them), ``amount`` (the one that is chosen), ``frequency`` (once, monthly,
    quarterly, yearly; with ``only`` behind it nothing else is offered), ``fund`` or ``campaign``. A link to the page
    may ask for another ``amount`` and, where it is offered, ``frequency``.
    """
    giving, words = GivingSettings.load(), {name: options.get(name, "").strip() for name in OPTIONS}
    asked = _asked(request)
    frequency, _, only = words["frequency"].partition(" ")
    chosen = FREQUENCY.get((asked["frequency"] if asked["frequency"] and not only else frequency).casefold(), ONCE)
    amounts = _amounts(words["amounts"], giving) or giving.suggested("" if chosen == ONCE else chosen)
    amount = next(iter(_amounts(asked["amount"], giving)), None)
    other = amount if amount is not None and amount not in amounts else None
    context = {
        "reference": reference,
        "place": "-".join(filter(None, (reference, chosen, words["fund"], words["campaign"]))),
        "amounts": [(plain(one, giving.currency), format_amount(one, giving.currency, locale())) for one in amounts],
        "chosen_amount": "other"
        if other
        else plain(amount or _chosen(words["amount"], amounts, giving), giving.currency),
        "other_amount": plain(other, giving.currency) if other else "",
        "frequencies": [pair for pair in FREQUENCIES if not only or pair[0] == chosen],
        "frequency": chosen,
        "purpose": purpose_wanted(open_purposes(giving), fund=words["fund"], campaign=words["campaign"]),
        "currency": giving.currency,
    }
    return render_to_string("membership/gift_block.html", context)


def _asked(request: HttpRequest | None) -> dict[str, str]:
    """What a link to the page asks for. Anything else in the address changes nothing here."""
    query = request.GET if request else {}
    return {name: query.get(name, "").replace("\x00", "")[:LONGEST] for name in ("amount", "frequency")}


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
