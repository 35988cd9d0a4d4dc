"""Invoices: the first and the twenty-fourth period of a plan become payments through the same lines here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import stripe
from django.db import IntegrityError, transaction

from payments import gateway
from payments.booking import settle, settle_free
from payments.checkout import copy_lines
from payments.issues import open_issue
from payments.mirror import subscriptions
from payments.mirror.charges import settled_from
from payments.mirror.ours import NotOurs, at, id_of, maybe_at
from payments.models import Payment, Plan, RenewalFailure


@dataclass(frozen=True)
class Reading:
    invoice: stripe.Invoice
    charge: stripe.Charge | None = None
    # Read along, because an invoice may be told before its subscription is.
    subscription: subscriptions.Reading | None = None


def read(invoice_id: str) -> Reading:
    invoice = gateway.read_invoice(invoice_id)
    subscription_id = subscription_of(invoice)
    return Reading(
        invoice,
        charge=_charge_of(invoice),
        subscription=subscriptions.read(subscription_id) if subscription_id else None,
    )


def _charge_of(invoice: stripe.Invoice) -> stripe.Charge | None:
    """The charge behind the payment that settled an invoice, with its balance transaction."""
    for entry in invoice.payments.data if invoice.payments else []:
        intent_id = id_of(getattr(entry.payment, "payment_intent", None))
        if entry.status == "paid" and intent_id:
            return gateway.read_payment_intent(intent_id).latest_charge  # type: ignore[return-value]
    return None


def subscription_of(invoice: stripe.Invoice) -> str | None:
    parent = invoice.parent
    if parent is None or parent.type != "subscription_details" or parent.subscription_details is None:
        return None
    return id_of(parent.subscription_details.subscription)


def apply(reading: Reading) -> None:
    plan = _plan_of(reading)
    if reading.invoice.status == "paid":
        _paid(plan, reading)
    elif reading.invoice.status in {"open", "uncollectible"} and reading.invoice.attempt_count:
        _failed(plan, reading)


def _plan_of(reading: Reading) -> Plan:
    if reading.subscription is None:
        raise NotOurs
    return subscriptions.follow(reading.subscription)


def _paid(plan: Plan, reading: Reading) -> None:
    payment = _payment_of(plan, reading.invoice)
    settled = settled_from(reading.charge)
    if reading.invoice.amount_paid == 0:
        settle_free(payment, _paid_at(reading.invoice))
    elif settled is None:
        open_issue(
            "paid_outside",
            reading.invoice.id,
            f"{reading.invoice.id} is paid, but not with a charge at Stripe. Record the money by hand.",
            payment=payment,
        )
    elif not settle(payment, settled):
        return
    _extend(plan, reading.invoice)


def _paid_at(invoice: stripe.Invoice) -> datetime:
    moment = maybe_at(invoice.status_transitions.paid_at if invoice.status_transitions else None)
    return moment or at(invoice.created)


def _payment_of(plan: Plan, invoice: stripe.Invoice) -> Payment:
    """The payment of an invoice: the checkout's own for the first, a new one with the plan's lines for the others."""
    found = Payment.objects.filter(invoice_id=invoice.id).first()
    if found:
        return found
    first = plan.terms
    if invoice.billing_reason == "subscription_create" and first.invoice_id is None:
        first.invoice_id = invoice.id
        first.save(update_fields=["invoice_id"])
        return first
    try:
        with transaction.atomic():
            return _renewal(plan, invoice)
    except IntegrityError:
        # Another worker made it a moment ago, from another event about the same money.
        return Payment.objects.get(invoice_id=invoice.id)


def _renewal(plan: Plan, invoice: stripe.Invoice) -> Payment:
    payment = Payment.objects.create(
        payer=plan.payer,
        plan=plan,
        status=Payment.Status.PROCESSING,
        # Of the lines, not of the first payment: that one may have been free.
        amount=sum(line.amount + line.tax for line in plan.terms.lines.all()),
        currency=plan.terms.currency,
        interval=plan.terms.interval,
        terms=plan.terms.terms,
        livemode=plan.livemode,
        idempotency_key=f"invoice:{invoice.id}",
        invoice_id=invoice.id,
        created_at=at(invoice.created),
    )
    copy_lines(plan.terms, payment)
    return payment


def _extend(plan: Plan, invoice: stripe.Invoice) -> None:
    ends = [line.period.end for line in invoice.lines.data]
    if not ends:
        return
    paid_until = at(max(ends))
    if plan.paid_until is None or paid_until > plan.paid_until:
        plan.paid_until = paid_until
        plan.save(update_fields=["paid_until"])
    subscriptions.tell(plan)


def _failed(plan: Plan, reading: Reading) -> None:
    """Tell the payable of a failed attempt, once. A first payment that fails is the checkout's own affair."""
    invoice = reading.invoice
    if invoice.billing_reason == "subscription_create":
        return
    next_attempt = maybe_at(invoice.next_payment_attempt)
    _, new = RenewalFailure.objects.get_or_create(
        invoice_id=invoice.id,
        attempt=invoice.attempt_count,
        defaults={"plan": plan, "next_attempt_at": next_attempt},
    )
    payable = plan.payable()
    if new and payable is not None:
        payable.renewal_failed(plan, attempt=invoice.attempt_count, is_last=next_attempt is None)
