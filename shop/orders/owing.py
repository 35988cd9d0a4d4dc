"""Money that goes back by itself: noted with what caused it, in the same transaction; asked of Stripe after the commit.

A row, not a call: whatever breaks in between, the clock finds it and asks again (``shop.orders.giving_back``).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django_tasks import task

from payments.models import Payment
from shop.models.money_back import MoneyBack, MoneyBackLine
from shop.orders import giving_back

if TYPE_CHECKING:
    from receipts.models import Transaction
    from shop.models import Order

Reason = MoneyBack.Reason


def payment_of(order: Order) -> Payment | None:
    """The payment that paid for it. One that paid a second time goes back and is none of its."""
    return payments_of(order).paid().exclude(pk__in=_paid_again(order)).order_by("paid_at", "pk").first()


def payments_of(order: Order) -> Any:
    return Payment.objects.filter(items__payable_kind=order._meta.label_lower, items__payable_id=order.pk)


def owe_all(order: Order, booked: Transaction | None, reason: str) -> MoneyBack | None:
    """What this payment paid for the order goes back whole: a gift in the same payment stays. None: it was free."""
    payment = Payment.objects.filter(transaction=booked).first() if booked else None
    units = {line.pk: line.quantity for line in order.order_lines.all()}
    return _owe(order, payment, units, reason, with_shipping=True)


def owe_units(
    order: Order, units: Mapping[int, int], reason: str, *, with_shipping: bool = False, by: Any = None
) -> MoneyBack | None:
    """What was paid for these units (by the key of their line) goes back. None where nothing was paid."""
    return _owe(order, payment_of(order), units, reason, with_shipping=with_shipping, by=by)


def _owe(
    order: Order,
    payment: Payment | None,
    units: Mapping[int, int],
    reason: str,
    *,
    with_shipping: bool,
    by: Any = None,
) -> MoneyBack | None:
    if payment is None or payment.transaction_id is None:
        return None
    owed = MoneyBack.objects.create(
        order=order, payment=payment, reason=reason, with_shipping=with_shipping, asked_by=by
    )
    MoneyBackLine.objects.bulk_create(
        MoneyBackLine(money_back=owed, line_id=line, quantity=number) for line, number in units.items() if number
    )
    _ask_soon(owed)
    return owed


def _ask_soon(owed: MoneyBack) -> None:
    if ask_for_refund.get_backend().supports_defer:
        # A task table in our own database: the request commits or vanishes with its cause.
        ask_for_refund.enqueue(owed.pk)
    else:
        transaction.on_commit(partial(ask_for_refund.enqueue, owed.pk))


@task()
def ask_for_refund(pk: int) -> None:
    """Ask Stripe at once. What fails now, the clock tries again (``giving_back.give_back_all``)."""
    giving_back.give_back(pk)


def _paid_again(order: Order) -> Any:
    return MoneyBack.objects.filter(order=order, reason=Reason.PAID_TWICE).values("payment")
