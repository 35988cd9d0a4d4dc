"""What happens to an order with its payment: held, placed, let go, taken back. Each of them once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from payments.checkout import refuse_if_paid_meanwhile
from payments.goods import NotAvailable
from payments.payables import Line
from receipts.chart import Account
from receipts.models import Fund
from shop.orders import mails, maker_pay, owing
from shop.stock import holding

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from receipts.models import Transaction
    from shop.models import Order, OrderLine

# As `Line.description` is kept.
LONGEST = 200


def lines_of(order: Order) -> list[Line]:
    """One line of payment for each line of the order, and one for the sending, where that costs anything."""
    fund = Fund.unrestricted()
    lines = [_line(line, order, fund) for line in order.order_lines.all()]
    if order.shipping or order.shipping_tax:
        lines.append(
            Line(
                account=Account.SHIPPING_INCOME,
                fund=fund,
                amount=order.shipping,
                tax=order.shipping_tax,
                taxes=tuple(order.shipping_taxes),
                currency=order.currency,
                description=(order.shipping_label or "Sending")[:LONGEST],
                subject=order.shipping_subject,
            )
        )
    return lines


def _line(line: OrderLine, order: Order, fund: Fund) -> Line:
    return Line(
        account=Account.SHOP_SALES,
        fund=fund,
        amount=line.amount,
        tax=line.tax,
        taxes=tuple(line.taxes),
        quantity=line.quantity,
        currency=order.currency,
        description=line.name[:LONGEST],
        subject=line.subject,
    )


@transaction.atomic
def hold(order: Order) -> None:
    """A checkout was started: its units are set apart, once however often it is started.

    Raises NotAvailable (then nothing is held) and AlreadyPaid.
    """
    refuse_if_paid_meanwhile(order)
    if (
        _mine(order)
        .filter(state__in=order.NOT_PLACED, holds_stock=False)
        .update(state=order.State.UNPAID, holds_stock=True)
    ):
        holding.reserve(order.order_lines.all())


@transaction.atomic
def let_go(order: Order) -> None:
    """The checkout ended without money: what was set apart is for others again."""
    lines = list(order.order_lines.all())
    if _mine(order).filter(state=order.State.UNPAID, holds_stock=True).update(holds_stock=False):
        holding.release(lines)
    if _mine(order).filter(state=order.State.UNPAID).update(state=order.State.LAPSED) and _bank_said_no(order):
        mails.not_paid(order)


@transaction.atomic
def place(order: Order, booked: Transaction | None) -> None:
    """It is paid: sell what it holds. Without a hold any more, take it anew, or else owe the money back."""
    at = booked.occurred_at if booked else timezone.now()
    if not _mine(order).filter(state__in=order.NOT_PLACED).update(state=order.State.PAID, placed_at=at):
        # A second payment of what was paid already buys nothing.
        owing.owe_all(order, booked, "paid_twice")
        return
    order.refresh_from_db()
    lines = list(order.order_lines.all())
    if not _mine(order).filter(holds_stock=True).update(holds_stock=False):
        try:
            holding.reserve(lines)
        except NotAvailable:
            _mine(order).update(state=order.State.UNFILLABLE)
            order.refresh_from_db()
            mails.sold_out(order, owing.owe_all(order, booked, "sold_out"))
            return
    order.refresh_from_db()
    holding.sell(lines)
    for line in lines:
        maker_pay.accrue(line, line.quantity)
    mails.confirmed(order)


def _bank_said_no(order: Order) -> bool:
    """A debit that came back days later: the customer had left us believing that it was paid."""
    last = owing.payments_of(order).order_by("-pk").first()
    return last is not None and last.status == last.Status.FAILED


def _mine(order: Order) -> QuerySet[Order]:
    """The row itself, for conditional updates: what we were given may be old."""
    return type(order).objects.filter(pk=order.pk)
