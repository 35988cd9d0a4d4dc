"""An order as its customer sees it: in words, with what may be done about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from payments.refund_parts import left_of
from receipts.invoices.links import invoice_link
from receipts.models import Invoice
from shop.models import Order, OrderLine, Return, Shipment
from shop.orders import cancelling, owing, returning
from shop.orders.mails import address_of

State = Order.State
# The tag's colour, and what it says.
STATES = {
    State.UNPAID: ("warn", "Waiting for your payment", "We keep these things for you while you pay."),
    State.LAPSED: ("", "Not paid", "Nothing was charged, and these things are no longer kept for you."),
    State.PAID: ("good", "Paid", "We are getting it ready for you."),
    State.PART_SENT: ("good", "Sent in part", "A part is on its way. The rest follows."),
    State.SENT: ("good", "Sent", "All that was to be sent has left us."),
    State.CANCELLED: ("", "Cancelled", "Nothing of it is sent."),
    State.UNFILLABLE: ("bad", "Sold out", "Your payment came after the last was sold. Your money goes back by itself."),
}
AT_THE_BANK = ("warn", "Your bank is working on it", "A debit takes some days. We keep these things for you meanwhile.")
PICKED_UP = ("good", "Picked up", "You have all that was to be picked up.")
TO_PICK_UP = ("good", "Paid", "You can pick it up; where and when is said below.")
RETURNS = {
    Return.State.ASKED: "You asked to send something back. We answer by mail.",
    Return.State.ACCEPTED: "You can send it back. How is in the mail that we sent you.",
    Return.State.DECLINED: "We could not take it back. Why is in the mail that we sent you.",
    Return.State.RECEIVED: "What you sent back has arrived.",
}


@dataclass(frozen=True, kw_only=True)
class ShownOrder:
    order: Order
    lines: list[OrderLine]
    colour: str
    state: str
    sentence: str
    shipments: list[Shipment]
    returns: list[tuple[Return, str]]
    address: list[str]
    tax: int
    total: int
    # What of its price went back, or is on its way back.
    given_back: int
    may_cancel: bool
    may_return: bool
    returns_until: datetime | None
    # Each with its path, for an hour.
    invoices: list[tuple[Invoice, str]]
    # For what is made to order: the longest of its lines.
    days_to_make: int | None


def shown(order: Order, now: datetime) -> ShownOrder:
    lines = list(order.order_lines.select_related("variant__product"))
    colour, state, sentence = state_of(order)
    days = [line.variant.product.made_to_order_days or 0 for line in lines if line.is_made_to_order and line.to_send]
    return ShownOrder(
        order=order,
        lines=lines,
        colour=colour,
        state=state,
        sentence=sentence,
        shipments=list(order.shipments.prefetch_related("lines__line")),
        returns=[(back, RETURNS[Return.State(back.state)]) for back in order.returns.all()],
        address=[] if order.is_pickup else address_of(order),
        tax=sum(line.tax for line in lines) + order.shipping_tax,
        total=sum(line.gross for line in lines) + order.shipping_gross,
        given_back=given_back(order),
        may_cancel=bool(cancelling.unsent(order)),
        may_return=returning.may_ask(order, now),
        returns_until=returning.returns_until(order),
        invoices=[(invoice, invoice_link(invoice)) for invoice in invoices_of(order)],
        days_to_make=max(days, default=None) if order.state in order.GOING_OUT else None,
    )


def state_of(order: Order) -> tuple[str, str, str]:
    if order.state == State.UNPAID and owing.payments_of(order).filter(status="processing").exists():
        return AT_THE_BANK
    if order.is_pickup and order.state in (State.SENT, State.PAID):
        return PICKED_UP if order.state == State.SENT else TO_PICK_UP
    return STATES[State(order.state)]


def invoices_of(order: Order) -> list[Invoice]:
    """What was issued for its payment, and the notes that take some of it back."""
    payment = owing.payment_of(order)
    if payment is None or payment.transaction_id is None:
        return []
    issued, corrections = Q(transaction=payment.transaction_id), Q(corrects__transaction=payment.transaction_id)
    # Of a refund that failed: what cancels its credit note.
    cancelled = Q(corrects__corrects__transaction=payment.transaction_id)
    return list(Invoice.objects.filter(issued | corrections | cancelled).order_by("created_at", "pk"))


def given_back(order: Order) -> int:
    """What of the order's price went back or was asked to, in its currency's minor units."""
    payment = owing.payment_of(order)
    if payment is None or payment.transaction_id is None:
        return 0
    ours = {order.shipping_subject, *(line.subject for line in order.order_lines.all())}
    mine = [left for left in left_of(payment) if left.line.subject in ours]
    return sum(left.line.amount + left.line.tax - left.gross for left in mine)
