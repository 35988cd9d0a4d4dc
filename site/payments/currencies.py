"""What Stripe asks of amounts, beyond how many decimals a currency has."""

from __future__ import annotations

from receipts.money import format_amount, minor_digits

THREE_DECIMALS = 3
# The least that Stripe takes with a card, in minor units, where it is not 50.
LEAST = {"GBP": 30, "MXN": 1000, "SEK": 300, "NOK": 300, "DKK": 250, "HUF": 17500}


def least_of(currency: str) -> int:
    return LEAST.get(currency.upper(), 50)


def step_of(currency: str) -> int:
    """Amounts must be whole multiples of this, in minor units: of three decimals, Stripe takes the last as 0 only."""
    return 10 if minor_digits(currency) == THREE_DECIMALS else 1


def refusal_of(amount: int, currency: str, locale: str = "en") -> str:
    """A sentence for the payer where an amount can't be paid by card as it stands; empty where it can."""
    step = step_of(currency)
    if amount % step == 0:
        return ""
    below = amount - amount % step
    either = " or ".join(format_amount(near, currency, locale) for near in (below, below + step))
    return f"Cards can’t pay the last decimal of {currency}. Enter {either}."
