"""What an order's units say of the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shop.models import Order


def restate(order: Order) -> str:
    """Bring the state into line with what was sent and cancelled, and return it. The order's row is locked by then."""
    lines = list(order.order_lines.all())
    state = _state_of(order, sum(one.sent for one in lines), sum(one.to_send for one in lines))
    moving = (*order.GOING_OUT, order.State.SENT, order.State.CANCELLED)
    type(order).objects.filter(pk=order.pk, state__in=moving).update(state=state)
    order.state = state
    return state


def _state_of(order: Order, sent: int, to_send: int) -> str:
    if to_send:
        return order.State.PART_SENT if sent else order.State.PAID
    return order.State.SENT if sent else order.State.CANCELLED
