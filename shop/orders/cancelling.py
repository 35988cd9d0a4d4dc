"""Cancelling what was not sent yet: the units go back on the shelf and their money to the customer, by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from shop.models import MoneyBack, Order
from shop.orders import mails, owing, units
from shop.orders.standing import restate


class CannotCancel(Exception):
    """Nothing was cancelled. The text is a sentence for whoever asked."""


def unsent(order: Order) -> dict[int, int]:
    """How many units of each line (by its key) can still be cancelled."""
    if order.state not in order.GOING_OUT:
        return {}
    return {line.pk: line.to_send for line in order.order_lines.all() if line.to_send}


@transaction.atomic
def cancel(order: Order, quantities: Mapping[int, int], by: Any = None) -> MoneyBack | None:
    """Cancel units (by the key of their line), all of them or none; ``by`` is the member of staff, None the customer.

    Their stock comes back and their makers' pay is taken back at once; what was paid for them is refunded by itself
    after the commit, the sending too where nothing of the order is sent at all. None where nothing had been paid.

    Raises CannotCancel: it was sent or cancelled meanwhile, or it is no order that goes out.
    """
    order = Order.objects.select_for_update().get(pk=order.pk)
    wanted = {line: number for line, number in quantities.items() if number}
    if not wanted:
        raise CannotCancel("Say what to cancel.")
    if order.state not in order.GOING_OUT:
        raise CannotCancel("This order can’t be cancelled any more.")
    take_units_off(order, wanted, by=by)
    whole = restate(order) == order.State.CANCELLED
    owed = owing.owe_units(order, wanted, MoneyBack.Reason.CANCELLED, with_shipping=whole, by=by)
    mails.cancelled(order, wanted, owed)
    return owed


def take_units_off(order: Order, quantities: Mapping[int, int], *, by: Any = None) -> None:
    """The units will not be sent. Raises CannotCancel where fewer are left to send."""
    lines = order.order_lines.filter(pk__in=quantities).order_by("variant_id", "pk")
    if len(lines) != len(quantities):
        raise CannotCancel("This is not part of the order.")
    for line in lines:
        if not units.take_off(line, quantities[line.pk], by=by):
            raise CannotCancel("Some of it was sent or cancelled meanwhile.")
