"""Units of a line that are not sent after all, or came back: counted once, and stock and makers' pay follow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import F

from shop.models.stock import StockMovement
from shop.orders import maker_pay
from shop.stock import holding

if TYPE_CHECKING:
    from shop.models import OrderLine


def take_off(line: OrderLine, number: int, *, by: Any = None) -> bool:
    """They will not be sent: their stock is there again. False, and nothing done, where fewer are left to send."""
    if number <= 0:
        return number == 0
    mine = type(line).objects.filter(pk=line.pk, quantity__gte=F("sent") + F("cancelled") + number)
    if not mine.update(cancelled=F("cancelled") + number):
        return False
    holding.put_back(line, number, StockMovement.Reason.CANCELLED, by=by)
    maker_pay.take_back(line, number)
    return True


def came_back(line: OrderLine, number: int) -> int:
    """They were sent and are here again, or were paid back as if. Returns how many that was not known of.

    Whether they can be sold again is for whoever unpacks them to say (``returning.receive``, or a count of the stock).
    """
    line.refresh_from_db(fields=["sent", "returned"])
    new = min(number, line.sent - line.returned)
    mine = type(line).objects.filter(pk=line.pk, sent__gte=F("returned") + new)
    if new <= 0 or not mine.update(returned=F("returned") + new):
        return 0
    maker_pay.take_back(line, new)
    return new
