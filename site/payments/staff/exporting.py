"""What a row of the payments' listing is in a file; all of them in constant memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils.timezone import localtime

from payments.models import Payment
from payments.staff.rows import how_often, streams_of
from receipts.exports import Cell
from receipts.money import major

ROWS_AT_ONCE = 1_000
HEADER = (
    "Payment", "Started", "Paid", "Payer", "E-mail", "Description", "Stream", "How often", "Amount", "Given back",
    "Currency", "Settled as", "Settled in", "Exchange rate", "Status",
    "Charge", "Payment intent", "Checkout session", "Invoice", "Subscription",
)  # fmt: skip


def export_row(payment: Any) -> tuple[Cell, ...]:
    return (
        str(payment.public_id),
        localtime(payment.created_at),
        localtime(payment.paid_at) if payment.paid_at else None,
        payment.payer.name,
        payment.payer.email,
        payment.describe(),
        streams_of(payment),
        how_often(payment),
        major(payment.amount, payment.currency),
        major(payment.went_back, payment.currency),
        payment.currency,
        None if payment.settled_amount is None else major(payment.settled_amount, payment.settled_currency),
        payment.settled_currency,
        payment.exchange_rate,
        payment.get_status_display(),
        payment.charge_id,
        payment.payment_intent_id,
        payment.session_id,
        payment.invoice_id,
        payment.plan.subscription_id if payment.plan else None,
    )


def export_rows(payments: QuerySet[Payment]) -> Iterator[tuple[Cell, ...]]:
    return (export_row(payment) for payment in payments.iterator(chunk_size=ROWS_AT_ONCE))
