"""All that is known of one payment, gathered for its page."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.db.models import Q

from payments.issues import KINDS
from payments.models import BalanceLine, Event, Issue, Payment, RenewalFailure
from payments.staff.searching import ids_of
from receipts.chart import Account
from receipts.models import Entry, Invoice, Receipt, Transaction

# A plan of many years has many events; the newest say what there is to know.
EVENTS_SHOWN = 50
FAILURES_SHOWN = 24
BECAME = {"": "Open", "paid": "Paid later", "void": "Voided", "uncollectible": "Written off"}
LABELS = dict(Account.choices)


def details_of(payment: Payment) -> dict[str, Any]:
    payment = (
        Payment.objects.select_related("payer", "plan", "transaction")
        .prefetch_related("lines__fund", "refunds__requested_by", "refunds__lines__line", "disputes", "fraud_warnings")
        .get(pk=payment.pk)
    )
    return {
        "payment": payment,
        "lines": [(line, LABELS.get(line.account, line.account)) for line in payment.lines.all()],
        "stripe_ids": stripe_ids(payment),
        "issues": issues_of(payment),
        "failures": failures_of(payment),
        "transactions": transactions_of(payment),
        "events": Event.objects.filter(object_id__in=ids_of(payment)).order_by("-created")[:EVENTS_SHOWN],
        "receipts": receipts_of(payment),
        "invoices": invoices_of(payment),
    }


def stripe_ids(payment: Payment) -> list[tuple[str, str]]:
    named = [
        ("Checkout session", payment.session_id),
        ("Invoice", payment.invoice_id),
        ("Payment intent", payment.payment_intent_id),
        ("Charge", payment.charge_id),
        ("Subscription", payment.plan.subscription_id if payment.plan else None),
    ]
    return [(name, value) for name, value in named if value]


def failures_of(payment: Payment) -> list[tuple[RenewalFailure, str]]:
    """The failed payments of its subscription, newest first, and what became of each."""
    failures = RenewalFailure.objects.filter(plan__isnull=False, plan=payment.plan_id).order_by("-recorded_at")
    return [(failure, BECAME[failure.settled_as]) for failure in failures[:FAILURES_SHOWN]]


def issues_of(payment: Payment) -> list[tuple[Issue, str]]:
    return [(issue, KINDS.get(issue.kind, issue.kind)) for issue in payment.issues.filter(closed_at__isnull=True)]


def receipts_of(payment: Payment) -> list[Receipt]:
    return list(Receipt.objects.filter(transaction=payment.transaction_id)) if payment.transaction_id else []


def invoices_of(payment: Payment) -> list[Invoice]:
    """The invoice of what it bought, its credit notes, and what cancelled one of these."""
    if payment.transaction_id is None:
        return []
    mine = Q(transaction=payment.transaction_id)
    corrections = Q(corrects__transaction=payment.transaction_id)
    cancelled = Q(corrects__corrects__transaction=payment.transaction_id)
    return list(Invoice.objects.filter(mine | corrections | cancelled).defer("snapshot").order_by("pk"))


def transactions_of(payment: Payment) -> list[tuple[Transaction, list[Entry]]]:
    """The ledger's transactions about a payment: the income, its fee, what went back, what was disputed."""
    booked = Q(pk__in=[pk for pk in (payment.transaction_id, *_refund_transactions(payment)) if pk])
    entries = (
        Entry.objects.filter(transaction__in=Transaction.objects.filter(booked | Q(reference__in=_references(payment))))
        .select_related("transaction", "fund")
        .order_by("transaction__recorded_at", "transaction_id", "pk")
    )
    return [(booked, list(rows)) for booked, rows in groupby(entries, key=lambda entry: entry.transaction)]


def _refund_transactions(payment: Payment) -> list[int | None]:
    return [refund.transaction_id for refund in payment.refunds.all()]


def _references(payment: Payment) -> list[str]:
    references = [f"stripe:{kind}{payment.charge_id}" for kind in ("fee:", "fx:")] if payment.charge_id else []
    for refund in payment.refunds.all():
        if refund.refund_id:
            references += [f"stripe:{refund.refund_id}:failed"]
            references += [f"stripe:fx:{refund.refund_id}{ending}" for ending in ("", ":failed")]
    disputes = [dispute.dispute_id for dispute in payment.disputes.all()]
    references += [f"stripe:{dispute_id}:lost" for dispute_id in disputes]
    for line_id in BalanceLine.objects.filter(source_id__in=disputes).values_list("line_id", flat=True):
        references += [f"stripe:{kind}{line_id}" for kind in ("", "fee:", "fx:")]
    return references
