"""What the gift form knows beforehand: what a link asks for, and what this browser typed before it turned back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest

from membership.came_back import TYPED
from membership.gift_forms import ONCE, OTHER
from membership.gift_purposes import open_purposes, purpose_wanted
from membership.giving import CHOICES, refuse_amount
from membership.joining import NotOffered
from membership.models import Gift, GivingSettings, Tribute
from payments.models import Payment
from payments.views import SESSION_KEY
from receipts.models import Payer
from receipts.money import AmountError, parse_amount, plain

FREQUENCY = {
    "once": "once",
    "one-off": "once",
    "monthly": "month",
    "month": "month",
    "quarterly": "quarter",
    "quarter": "quarter",
    "yearly": "year",
    "annually": "year",
    "year": "year",
}
LONGEST = 80


@dataclass
class Preset:
    """``notes`` say what of a link could not be followed."""

    initial: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def preset_of(request: HttpRequest, giving: GivingSettings, locale: str) -> Preset:
    preset = Preset(initial={"frequency": ONCE, "came_from": _word(request, "from")})
    _take_frequency(preset, _word(request, "frequency"))
    _take_amount(preset, request, giving, locale)
    _take_purpose(preset, _word(request, "fund"), _word(request, "campaign"), giving)
    return preset


def _word(request: HttpRequest, name: str) -> str:
    return request.GET.get(name, "").replace("\x00", "").strip()[:LONGEST]


def _take_frequency(preset: Preset, wanted: str) -> None:
    if not wanted:
        return
    if wanted.casefold() in FREQUENCY:
        preset.initial["frequency"] = FREQUENCY[wanted.casefold()]
    else:
        preset.notes.append("The link asked for a frequency that we don’t offer. Please choose one.")


def _take_amount(preset: Preset, request: HttpRequest, giving: GivingSettings, locale: str) -> None:
    # A form elsewhere has radio buttons and a field for another amount, like ours.
    wanted = _word(request, "amount")
    wanted = _word(request, "other_amount") if wanted in ("", OTHER) else wanted
    interval = "" if preset.initial["frequency"] == ONCE else preset.initial["frequency"]
    suggested = giving.suggested(interval)
    if not wanted:
        preset.initial["amount"] = str(suggested[min(1, len(suggested) - 1)])
        return
    try:
        amount = parse_amount(wanted, giving.currency, locale)
        refuse_amount(amount, giving, locale)
    except (AmountError, NotOffered) as problem:
        preset.initial.update(amount=OTHER, other_amount="")
        preset.notes.append(f"The link asked for an amount that we can’t take. {problem}")
        return
    set_amount(preset.initial, amount, suggested, giving.currency)


def set_amount(initial: dict[str, Any], amount: int, suggested: list[int], currency: str) -> None:
    if amount in suggested:
        initial["amount"] = str(amount)
    else:
        initial.update(amount=OTHER, other_amount=plain(amount, currency))


def _take_purpose(preset: Preset, fund: str, campaign: str, giving: GivingSettings) -> None:
    if not fund and not campaign:
        return
    purpose = purpose_wanted(open_purposes(giving), fund=fund, campaign=campaign)
    if purpose:
        preset.initial["purpose"] = purpose.key
    else:
        preset.notes.append("What the link asked you to give to takes no gifts now. Choose what your gift is for.")


def typed_before(request: HttpRequest, giving: GivingSettings) -> dict[str, Any]:
    """What this browser sent to Stripe's page and did not pay; nobody else's browser gets it."""
    started = request.session.get(SESSION_KEY, [])
    payments = Payment.objects.open().filter(public_id__in=started, items__payable_kind=Gift.kind())
    payment = payments.select_related("payer").order_by("-pk").first()
    item = payment.items.filter(payable_kind=Gift.kind()).first() if payment else None
    gift = Gift.objects.filter(pk=item.payable_id).select_related("campaign").first() if item else None
    return _typed(gift, giving) if gift else {}


def _typed(gift: Gift, giving: GivingSettings) -> dict[str, Any]:
    payer = gift.payer
    initial: dict[str, Any] = {field: getattr(payer, field) for field in TYPED}
    if payer.kind == Payer.Kind.ORGANISATION:
        initial.update(organisation=payer.name, name=gift.contact_name)
    initial.update({choice: getattr(gift, choice) for choice in CHOICES})
    initial.update(
        frequency=gift.interval or ONCE,
        covers_fee=bool(gift.fee_cover),
        giver=payer.kind,
        purpose=f"campaign-{gift.campaign.slug}" if gift.campaign else _purpose_of_fund(gift),
    )
    set_amount(initial, gift.gift_amount, giving.suggested(gift.interval), gift.currency)
    return {**initial, **_typed_of_tribute(gift)}


def _typed_of_tribute(gift: Gift) -> dict[str, Any]:
    tribute = Tribute.objects.filter(gift=gift).first()
    if tribute is None:
        return {}
    kept = ("honouree", "family_name", "family_email", "sender_shown_as", "show_amount", "notify_on")
    return {
        "tribute": tribute.kind,
        "tribute_message": tribute.message,
        **{field: getattr(tribute, field) for field in kept},
    }


def _purpose_of_fund(gift: Gift) -> str:
    return "any" if gift.fund.is_default else f"fund-{gift.fund_id}"
