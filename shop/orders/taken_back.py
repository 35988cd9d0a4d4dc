"""Money of an order went back, by whatever way: what was not sent will not be, and what came back is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from payments.models import Refund
from payments.refund_parts import LineLeft, left_of, parts_of
from shop.models.returns import Return, ReturnLine
from shop.orders import giving_back, owing, units
from shop.orders.standing import restate

if TYPE_CHECKING:
    from payments.models import Payment
    from receipts.models import Transaction
    from shop.models import Order, OrderLine


def follow(order: Order, booked: Transaction) -> None:
    """Take off the order what a refund or a lost dispute took back. Call it in the transaction that books it.

    Units that a refund names are not sent, or came back. Where nothing is left of what was paid for a line (a refund
    in Stripe's dashboard names no units), what was not sent of it stays here. What we gave back by ourselves for units
    that were cancelled or returned was counted then; a payment that paid a second time was for nothing.
    """
    order = type(order).objects.select_for_update().get(pk=order.pk)
    payment = owing.payment_of(order)
    if _is_our_own(order, booked) or payment is None or order.state == order.State.UNFILLABLE:
        return
    rest = {left.line.subject: left for left in left_of(payment)}
    taken = {part.line.subject: part for part in parts_of(booked) if part.line.payment_id == payment.pk}
    if not taken:
        return
    lines = list(order.order_lines.order_by("variant_id", "pk"))
    owed, on_their_way = _owed_units(order, payment), _on_their_way(order)
    nothing_left = not any(_money_of(rest.get(line.subject)) for line in lines)
    for line in lines:
        left, part = rest.get(line.subject), taken.get(line.subject)
        named = part.quantity if part else 0
        counted = _counted_before(line, left, named, owed.get(line.pk, 0)) if left else 0
        is_over = nothing_left or not _money_of(left)
        _follow(line, max(named - counted, 0), is_over=is_over, on_their_way=on_their_way.get(line.pk, 0))
    restate(order)


def still_owed(order: Order) -> dict[int, int]:
    """By the key of the line: units that were cancelled or came back, and whose money no refund has named yet."""
    payment = owing.payment_of(order)
    if payment is None:
        return {}
    rest = {left.line.subject: left for left in left_of(payment)}
    waiting = _owed_units(order, payment)
    return {
        line.pk: _counted_before(line, rest[line.subject], 0, waiting.get(line.pk, 0))
        for line in order.order_lines.all()
        if line.subject in rest
    }


def _money_of(left: LineLeft | None) -> int:
    return left.gross if left else 0


def _counted_before(line: OrderLine, left: LineLeft, named: int, owed: int) -> int:
    """Units that were cancelled or came back before, and whose money neither went back nor goes back by itself.

    A refund that staff make by hand for them, where the one that goes by itself failed or was not asked for, must not
    count them a second time.
    """
    named_before = left.line.quantity - left.quantity - named
    return max(line.cancelled + line.returned - named_before - owed, 0)


def _owed_units(order: Order, payment: Payment) -> dict[int, int]:
    """By the key of the line: what is still to be asked for by itself. What was asked for is a refund already."""
    units: dict[int, int] = {}
    for owed in order.money_back.filter(payment=payment, settled_at=None).select_related("order", "payment"):
        if giving_back.refund_of(owed) is None:
            for row in owed.lines.all():
                units[row.line_id] = units.get(row.line_id, 0) + row.quantity
    return units


def _on_their_way(order: Order) -> dict[int, int]:
    """By the key of the line: units that a return announces. They count when they arrive, whoever refunds them."""
    announced = ReturnLine.objects.filter(
        back__order=order, back__state__in=(Return.State.ASKED, Return.State.ACCEPTED)
    )
    return {row.line_id: row.quantity for row in announced}


def _follow(line: OrderLine, named: int, *, is_over: bool, on_their_way: int) -> None:
    not_sent = line.to_send if is_over else min(named, line.to_send)
    units.take_off(line, not_sent)
    units.came_back(line, max(named - not_sent - on_their_way, 0))


def _is_our_own(order: Order, booked: Transaction) -> bool:
    reasons = {owed.mark for owed in order.money_back.select_related("order")}
    return Refund.objects.filter(transaction=booked, reason__in=reasons).exists()
