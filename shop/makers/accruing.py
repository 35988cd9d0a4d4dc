"""Makers' pay as things are sold and come back: owed for every unit sold, and no more for one that comes back.

Amounts are minor units of the order's currency. Each booking is told by what it is about, so that telling it twice
books it once. Nothing here asks for consent: who made a thing is paid for it whether or not they are shown.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from receipts.ledger import record_maker_pay, take_back_maker_pay
from receipts.models import Transaction

if TYPE_CHECKING:
    from shop.models import OrderLine


def accrue(line: OrderLine, units: int, *, occurred_at: datetime) -> Transaction | None:
    """Owe the maker for the units of a line that was paid for. None where nobody is owed anything for it."""
    amount = units * line.maker_pay
    if line.maker is None or amount <= 0:
        return None
    booked, _ = record_maker_pay(
        reference=_accrual(line), subject=line.maker.subject, amount=amount, currency=line.order.currency,
        description=f"{units} × {line.title}"[:200], occurred_at=occurred_at,
    )  # fmt: skip
    return booked


def take_back(line: OrderLine, units: int, *, key: str, occurred_at: datetime) -> Transaction | None:
    """Owe no more for units that were cancelled or came back. `key` names the occasion, such as `returned:3`.

    Not for a refund that lets the customer keep the thing. Raises RefundTooLarge for more units than were sold.
    """
    accrued = Transaction.objects.filter(reference=_accrual(line)).first()
    if accrued is None or units <= 0:
        return None
    booked, _ = take_back_maker_pay(
        reference=f"{line.subject}:{key}:maker_pay", of=accrued, amount=units * line.maker_pay, occurred_at=occurred_at
    )
    return booked


def _accrual(line: OrderLine) -> str:
    return f"{line.subject}:maker_pay"
