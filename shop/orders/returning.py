"""Returns: a customer asks, staff accept or decline, the goods come back, and their money goes back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from shop.models import MoneyBack, Order, Return, ReturnLine, StockMovement
from shop.orders import mails, owing, units
from shop.orders.taken_back import still_owed
from shop.stock import holding

State = Return.State
MOVED_ON = "Somebody else has answered this return meanwhile. Look at it again."

BY_HAND = "The money for what came back was given back already, on the payment’s page."


class CannotReturn(Exception):
    """Nothing was changed. The text is a sentence for whoever asked."""


def returnable(order: Order) -> dict[int, int]:
    """How many units of each line (by its key) were sent and did not come back."""
    return {line.pk: line.sent - line.returned for line in order.order_lines.all() if line.sent > line.returned}


def returns_until(order: Order) -> datetime | None:
    """Until when the customer may ask for a return: some days after the last parcel left. None: nothing has left."""
    last = order.shipments.order_by("-sent_at").first()
    return last.sent_at + timedelta(days=settings.SHOP_RETURN_DAYS) if last else None


def may_ask(order: Order, at: datetime) -> bool:
    """Whether there is something to send back, in time, and no other return waits for us."""
    until = returns_until(order)
    waiting = order.returns.filter(state__in=[State.ASKED, State.ACCEPTED])
    return until is not None and at <= until and bool(returnable(order)) and not waiting.exists()


@transaction.atomic
def ask(order: Order, quantities: Mapping[int, int], reason: str) -> Return:
    """A customer's wish to send units back. One at a time: raises CannotReturn while another waits.

    Whether it is in time is asked before (``may_ask``): staff may take later ones.
    """
    order = Order.objects.select_for_update().get(pk=order.pk)
    wanted = {line: number for line, number in quantities.items() if number}
    left = returnable(order)
    if not wanted:
        raise CannotReturn("Say what you want to send back.")
    if any(number < 0 or number > left.get(line, 0) for line, number in wanted.items()):
        raise CannotReturn("That is more than you were sent.")
    try:
        with transaction.atomic():
            back = Return.objects.create(order=order, reason=reason)
    except IntegrityError as error:
        raise CannotReturn("You have asked for a return already. We will answer that one first.") from error
    ReturnLine.objects.bulk_create(
        ReturnLine(back=back, line_id=line, quantity=number) for line, number in wanted.items()
    )
    return back


@transaction.atomic
def accept(back: Return, answer: str = "", by: Any = None) -> None:
    """The customer may send it back; ``answer`` says how and where to, and is mailed. Raises CannotReturn."""
    _move(back, State.ASKED, State.ACCEPTED, answer=answer)
    mails.of_return("return_accepted", back)


@transaction.atomic
def decline(back: Return, answer: str, by: Any = None) -> None:
    """It is not taken back; ``answer`` says why, and is mailed. Raises CannotReturn."""
    _move(back, State.ASKED, State.DECLINED, answer=answer)
    mails.of_return("return_declined", back)


@transaction.atomic
def receive(back: Return, restocked: Mapping[int, int], by: Any = None) -> None:
    """It is here. ``restocked``: how many of each line (by its key) can be sold again; no more than came back.

    Its makers' pay is taken back. The money goes back by ``give_back``, which needs another permission.

    Raises CannotReturn.
    """
    _move(back, State.ACCEPTED, State.RECEIVED)
    for row in back.lines.select_related("line").order_by("line__variant_id", "pk"):
        again = restocked.get(row.line_id, 0)
        if not 0 <= again <= row.quantity:
            raise CannotReturn("No more can be sold again than came back.")
        units.came_back(row.line, row.quantity)
        ReturnLine.objects.filter(pk=row.pk).update(restocked=again)
        holding.put_back(row.line, again, StockMovement.Reason.RETURNED, by=by)
    mails.of_return("return_received", back)


@transaction.atomic
def give_back(back: Return, *, with_shipping: bool = False, by: Any = None) -> MoneyBack | None:
    """Refund what came back, by itself after the commit; once. None where nothing had been paid.

    Raises CannotReturn where it is not here yet, or was given back: here, or by hand on the payment's page.
    """
    if not Return.objects.filter(pk=back.pk, state=State.RECEIVED, money_back=None).exists():
        raise CannotReturn("There is nothing to give back for this return.")
    owed_for = still_owed(back.order)
    asked = {row.line_id: min(row.quantity, owed_for.get(row.line_id, row.quantity)) for row in back.lines.all()}
    if not any(asked.values()):
        raise CannotReturn(BY_HAND)
    owed = owing.owe_units(back.order, asked, MoneyBack.Reason.RETURNED, with_shipping=with_shipping, by=by)
    if not Return.objects.filter(pk=back.pk, money_back=None).update(money_back=owed):
        raise CannotReturn(MOVED_ON)
    return owed


def _move(back: Return, before: str, after: str, *, answer: str | None = None) -> None:
    told = {"state": after, "decided_at": timezone.now()} | ({} if answer is None else {"answer": answer})
    if not Return.objects.filter(pk=back.pk, state=before).update(**told):
        raise CannotReturn(MOVED_ON)
    back.refresh_from_db()
