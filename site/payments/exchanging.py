"""Money that settles in another currency than it was paid in: both sides go into the books, and none is mixed.

No rate is multiplied here. Stripe says what went and what came, to the cent.
"""

from __future__ import annotations

from datetime import datetime

from receipts import ledger


def book_exchange(*, reference: str, paid: tuple[int, str], settled: tuple[int, str], occurred_at: datetime) -> None:
    """Book the exchange behind a movement, if there was one; told twice, it is booked once.

    ``paid`` is the payer's side, above zero. ``settled`` is what it did to Stripe's balance: below zero when the money
    went back.
    """
    amount, currency = settled
    if currency == paid[1] or amount == 0:
        return
    ours = (abs(amount), currency)
    given, received = (paid, ours) if amount > 0 else (ours, paid)
    ledger.record_exchange(reference=reference, given=given, received=received, occurred_at=occurred_at)
