"""Other currencies: what the account settles in, and what the shopper was shown, at rates that a test orders."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from stripe_sandbox.account import Account
from stripe_sandbox.store import Json


def settled_in(account: Account, currency: str) -> tuple[str, Decimal | None]:
    """The currency that an amount settles in, and the rate where that is another one."""
    target = str(account.settings["settlement_currency"] or currency)
    if target == currency:
        return currency, None
    return target, Decimal(str(account.settings["exchange_rates"][currency]))


def exchanged(amount: int, rate: Decimal | None) -> int:
    """Minor units times the rate, as Stripe's own field says it, rounded half up."""
    return amount if rate is None else int((amount * rate).quantize(Decimal(1), ROUND_HALF_UP))


def presentment(account: Account, amount: int) -> Json | None:
    """What the shopper saw instead of our currency: ``{"currency", "rate"}`` in the settings says so."""
    shown = account.settings["presentment"]
    if not shown:
        return None
    return {
        "presentment_amount": exchanged(amount, Decimal(str(shown["rate"]))),
        "presentment_currency": shown["currency"],
    }
