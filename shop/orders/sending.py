"""Sending an order, whole or in parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from shop.models import Order, OrderLine, Shipment, ShipmentLine
from shop.orders import mails
from shop.orders.standing import restate


class CannotSend(Exception):
    """Nothing was sent. The text is a sentence for staff."""


@transaction.atomic
def send(
    order: Order, quantities: Mapping[int, int], carrier: str = "", tracking: str = "", by: Any = None, url: str = ""
) -> Shipment:
    """Note that units (by the key of their line) left in a parcel, or were picked up; the customer is mailed.

    ``tracking`` is the parcel's number and ``url`` where it can be followed. Raises CannotSend: more than is left to
    send, nothing at all, or an order that does not go out.
    """
    order = Order.objects.select_for_update().get(pk=order.pk)
    wanted = {line: number for line, number in quantities.items() if number}
    if not wanted:
        raise CannotSend("Say what you send.")
    if order.state not in order.GOING_OUT:
        raise CannotSend(f"This order is not waiting to be sent: {order.get_state_display().lower()}.")
    shipment = Shipment.objects.create(
        order=order, carrier=carrier, tracking_number=tracking, tracking_url=url, sent_at=timezone.now(), sent_by=by
    )
    for pk, number in sorted(wanted.items()):
        mine = OrderLine.objects.filter(pk=pk, order=order, quantity__gte=F("sent") + F("cancelled") + number)
        if number < 0 or not mine.update(sent=F("sent") + number):
            raise CannotSend("Some of it was sent or cancelled meanwhile. Look at the order again.")
        ShipmentLine.objects.create(shipment=shipment, line_id=pk, quantity=number)
    restate(order)
    mails.sent(order, shipment)
    return shipment
