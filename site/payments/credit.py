"""What payers have paid too much. Stripe keeps it as the customer's balance and takes it off later invoices."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db.models import Sum

from payments import terms
from payments.booking import income_line
from payments.issues import close_issue, open_issue
from payments.models import Payment, Plan
from receipts import ledger
from receipts.chart import Account
from receipts.issuing import issue_receipt
from receipts.models import Entry, Payer
from receipts.months import day_of


def subject_of(payer: Payer) -> str:
    return f"credit:{payer.pk}"


def owed_to(payer: Payer, currency: str) -> int:
    """What of it is still the payer's, in minor units of the currency: Stripe keeps a balance for each."""
    entries = Entry.objects.filter(subject=subject_of(payer), currency=currency).order_by()
    came = entries.filter(credit=Account.CUSTOMER_CREDIT).aggregate(total=Sum("amount"))["total"] or 0
    went = entries.filter(debit=Account.CUSTOMER_CREDIT).aggregate(total=Sum("amount"))["total"] or 0
    return came - went


def note_overpaid(payment: Payment, *, invoice_id: str, amount: int) -> None:
    """More was paid than was asked for. Call it before the payment is booked."""
    if not amount or amount == payment.overpaid_amount:
        return
    payment.overpaid_amount = amount
    payment.save(update_fields=["overpaid_amount"])
    open_issue(
        "overpaid",
        subject_of(payment.payer),
        f"{invoice_id}: {amount} {payment.currency} (minor units) was paid beyond what was due. It is booked as the "
        "payer's credit, and Stripe takes it off the next invoice.",
        payment=payment,
    )


def use_credit(plan: Plan, *, invoice_id: str, used: int, at: datetime) -> None:
    """Credit has paid (a part of) an invoice: what was owed to the payer becomes income.

    Stripe also gives credit for what a lower price saves. That was never booked as owed, and stays what it was.
    """
    payer = plan.payer
    amount = min(used, owed_to(payer, plan.currency))
    if amount <= 0:
        return
    lines = terms.part_of(plan.terms_in_force(), amount)
    booked, created = ledger.record_income(
        reference=f"stripe:{invoice_id}:credit",
        occurred_at=at,
        payer=payer,
        currency=plan.currency,
        lines=[income_line(line, subject=subject_of(payer)) for line in lines],
        held_in=Account.CUSTOMER_CREDIT,
    )
    if created:
        issue_receipt(booked, on=day_of(at), sandbox=settings.STRIPE_MODE != "live")
    if not owed_to(payer, plan.currency):
        close_issue("overpaid", subject_of(payer))
