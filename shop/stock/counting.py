"""What staff say about the stock: counted, made, damaged, lost, given away. Each of it leaves its reason."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F

from shop.models.catalogue import Variant
from shop.models.stock import Stock, StockMovement
from shop.stock.holding import note_movement

Reason = StockMovement.Reason
# What staff choose from, and which way it goes; the other reasons come with orders.
GROWS = (Reason.MADE,)
SHRINKS = (Reason.DAMAGED, Reason.LOST, Reason.GIVEN)
MOST = 1_000_000
SET_UP = "When it was first written down"


class CannotCount(Exception):
    """Nothing was changed. The text is a sentence for staff."""


@transaction.atomic
def count(
    variant: Variant, number: int, reason: str = Reason.COUNTED, note: str = "", by: Any = None, seen: int | None = None
) -> StockMovement | None:
    """``number`` lie there (counted), came in addition (made) or are gone (damaged, lost, given away).

    ``seen`` is the stock that staff counted against: where something was sold since, they look again. None where
    nothing changes. Raises CannotCount, also where checkouts hold more than would be left.
    """
    if not 0 <= number <= MOST:
        raise CannotCount(f"Enter a number from 0 to {MOST:,}.")
    stock, _ = Stock.objects.get_or_create(variant=variant)
    if seen is not None and stock.on_hand != seen:
        raise CannotCount(f"It has changed meanwhile: {stock.on_hand} should be there now. Look again.")
    change = _change(stock, number, reason)
    if not change:
        return None
    # As it was when we read it, or somebody sold one since.
    same = Stock.objects.filter(pk=stock.pk, on_hand=stock.on_hand, reserved__lte=stock.on_hand + change)
    if not same.update(on_hand=F("on_hand") + change):
        raise CannotCount(_why_not(stock, change))
    return note_movement(stock.pk, change, reason, note=note, by=by)


def set_up(variant: Variant, number: int, *, low_at: int = 0) -> Stock:
    """The stock of a new variant, with the movement that explains it."""
    stock, _ = Stock.objects.update_or_create(variant=variant, defaults={"low_at": low_at})
    count(variant, number, Reason.MADE if not stock.on_hand else Reason.COUNTED, note=SET_UP)
    stock.refresh_from_db()
    return stock


def _change(stock: Stock, number: int, reason: str) -> int:
    if reason == Reason.COUNTED:
        return number - stock.on_hand
    if reason not in (*GROWS, *SHRINKS):
        raise CannotCount("Choose what happened.")
    if reason in SHRINKS and number > stock.on_hand:
        raise CannotCount(f"There are only {stock.on_hand}.")
    return number if reason in GROWS else -number


def _why_not(stock: Stock, change: int) -> str:
    left = stock.on_hand + change
    stock.refresh_from_db()
    if left < stock.reserved:
        return (
            f"{stock.reserved} of it {'is' if stock.reserved == 1 else 'are'} in checkouts just now, so there can’t be "
            "fewer. Say it again in an hour, when they are paid for or given back."
        )
    return "Somebody else has changed it just now. Look again."
