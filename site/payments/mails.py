"""The mails about money. Called where it is booked: they commit or vanish with it."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse

from accounts.mailing import send_mail_later
from payments.models import Payment, Plan, Refund
from receipts.models import Invoice, Receipt


def refunded(refund: Refund, voided: Sequence[Receipt], credit_note: Invoice | None = None) -> None:
    """Say that money is on its way back, for what, and what becomes of receipts and invoice."""
    payer = refund.payment.payer
    if not payer.email:
        return
    send_mail_later(
        template="payments/mail/refund",
        to=payer.email,
        context={
            "payer": payer,
            "payment": refund.payment,
            "refund": refund,
            "returned": _named(refund) or refund.payment.describe(),
            "voided": voided,
            "credit_note": credit_note,
            "account_url": settings.BASE_URL + reverse("account_home"),
        },
        language=payer.language or "en",
    )


def _named(refund: Refund) -> str:
    """The lines that a refund names: "2 × Candle, Shipping"."""
    named = refund.lines.select_related("line")
    return ", ".join(f"{one.quantity} × {one.line}" if one.quantity > 1 else str(one.line) for one in named)


def paid_twice(plan: Plan, payments: Sequence[Payment]) -> None:
    """Say that one of two subscriptions for the same thing has ended, and that the other goes on."""
    payer = plan.payer
    if not payer.email:
        return
    send_mail_later(
        template="payments/mail/paid_twice",
        to=payer.email,
        context={
            "payer": payer,
            "payment": payments[0],
            "given_back": sum(payment.refunded_amount for payment in payments),
            "account_url": settings.BASE_URL + reverse("account_home"),
        },
        language=payer.language or "en",
    )
