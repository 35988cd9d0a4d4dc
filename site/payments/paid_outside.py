"""Invoices that staff marked as paid in Stripe's dashboard: the money came to the bank, by transfer or cheque."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from payments.booking import book_paid, park
from payments.issues import open_issue
from payments.models import Payment
from receipts.chart import Account


@transaction.atomic
def settle_outside(payment: Payment, *, invoice_id: str, amount: int, at: datetime) -> bool:
    """Book it as held in the bank, without a fee, and ask finance to find it there. False when it was parked."""
    payment = Payment.objects.select_for_update().get(pk=payment.pk)
    if payment.status == Payment.Status.PAID:
        return True
    if amount != payment.expected_amount:
        park(
            payment,
            "amount_differs",
            f"Asked for {payment.expected_amount} {payment.currency}, {amount} (minor units) was marked as paid "
            f"outside Stripe with {invoice_id}. Nothing is booked, and nothing was fulfilled.",
        )
        return False
    payment.fee_known = True
    book_paid(payment, reference=f"stripe:{invoice_id}", occurred_at=at, held_in=Account.BANK)
    open_issue(
        "paid_outside",
        invoice_id,
        f"{invoice_id}: {amount} {payment.currency} (minor units) is booked as held in the bank. Find it on the bank's "
        "statement, and do not record it there a second time.",
        payment=payment,
    )
    return True
