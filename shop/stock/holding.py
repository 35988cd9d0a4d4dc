"""Setting units apart for a checkout, giving them back, selling them, putting back what was not kept.

``select_for_update`` does nothing on SQLite: each step is one conditional UPDATE, in the order of the variants' keys,
so that two buyers of the same two things wait for each other, never for ever. Who calls sees to it that it is once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F

from payments.goods import NotAvailable
from shop.models.stock import Stock, StockMovement

if TYPE_CHECKING:
    from shop.models import OrderLine

Reason = StockMovement.Reason


@transaction.atomic
def reserve(lines: Iterable[OrderLine]) -> None:
    """Set the units of all lines apart, or none. What is made to order needs no stock.

    Raises NotAvailable, with a sentence for the customer.
    """
    needs: dict[int, list[OrderLine]] = {}
    for line in _kept_in_stock(lines):
        needs.setdefault(line.variant_id, []).append(line)
    for variant_id, wanted in sorted(needs.items()):
        number = sum(line.quantity for line in wanted)
        free = Stock.objects.filter(pk=variant_id, on_hand__gte=F("reserved") + number)
        if not free.update(reserved=F("reserved") + number):
            raise NotAvailable(_what_is_left(variant_id, wanted[0]))


def release(lines: Iterable[OrderLine]) -> None:
    """Give back what was set apart for a checkout that came to nothing."""
    for line in _kept_in_stock(lines):
        Stock.objects.filter(pk=line.variant_id).update(reserved=F("reserved") - line.quantity)


@transaction.atomic
def sell(lines: Iterable[OrderLine]) -> None:
    """What was set apart is paid for: it is ours no more, wherever it lies."""
    for line in _kept_in_stock(lines):
        Stock.objects.filter(pk=line.variant_id).update(
            on_hand=F("on_hand") - line.quantity, reserved=F("reserved") - line.quantity
        )
        note_movement(line.variant_id, -line.quantity, Reason.SOLD, order_line=line)


@transaction.atomic
def put_back(line: OrderLine, quantity: int, reason: str, *, by: Any = None) -> None:
    """Units of an order that can be sold again: cancelled, or come back whole."""
    if quantity <= 0 or (line.is_made_to_order and reason == Reason.CANCELLED):
        return
    Stock.objects.get_or_create(variant_id=line.variant_id)
    Stock.objects.filter(pk=line.variant_id).update(on_hand=F("on_hand") + quantity)
    note_movement(line.variant_id, quantity, reason, order_line=line, by=by)


def note_movement(
    variant_id: int, change: int, reason: str, *, order_line: OrderLine | None = None, note: str = "", by: Any = None
) -> StockMovement:
    """Say why the stock has just changed. Call it in the transaction that changed it: nobody else has since."""
    after = Stock.objects.values_list("on_hand", flat=True).get(pk=variant_id)
    return StockMovement.objects.create(
        variant_id=variant_id,
        change=change,
        on_hand_after=after,
        reason=reason,
        order_line=order_line,
        note=note,
        by=by,
    )


def _kept_in_stock(lines: Iterable[OrderLine]) -> list[OrderLine]:
    kept = (line for line in lines if not line.is_made_to_order)
    return sorted(kept, key=lambda line: (line.variant_id, line.pk))


def _what_is_left(variant_id: int, line: OrderLine) -> str:
    left = Stock.objects.filter(pk=variant_id).annotate(left=F("on_hand") - F("reserved"))
    number = left.values_list("left", flat=True).first() or 0
    if number <= 0:
        return f"“{line.name}” has just been sold out."
    return f"Only {number} of “{line.name}” {'is' if number == 1 else 'are'} left."
