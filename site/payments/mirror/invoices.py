"""Invoices: the first and the twenty-fourth period of a plan become payments through the same lines here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import stripe
from django.db import IntegrityError, transaction
from django.utils import timezone

from payments import credit, gateway, terms
from payments.booking import settle, settle_free
from payments.issues import close_issue, open_issue
from payments.mirror import subscriptions
from payments.mirror.charges import settled_from
from payments.mirror.ours import NotOurs, at, id_of, maybe_at, told_at
from payments.models import Payment, Plan, RenewalFailure
from payments.paid_outside import settle_outside


@dataclass(frozen=True)
class Reading:
    invoice: stripe.Invoice
    # The payment that settled it, or that last tried to.
    intent: stripe.PaymentIntent | None = None
    # Read along, because an invoice may be told before its subscription is.
    subscription: subscriptions.Reading | None = None

    @property
    def charge(self) -> stripe.Charge | None:
        """The charge that settled the invoice, with its balance transaction."""
        return self.intent.latest_charge if self.intent and self.invoice.status == "paid" else None  # type: ignore[return-value]


def read(invoice_id: str) -> Reading:
    invoice = gateway.read_invoice(invoice_id)
    subscription_id = subscription_of(invoice)
    return Reading(
        invoice,
        intent=_intent_of(invoice),
        subscription=subscriptions.read(subscription_id) if subscription_id else None,
    )


def _intent_of(invoice: stripe.Invoice) -> stripe.PaymentIntent | None:
    if not invoice.attempt_count and invoice.status != "paid":
        return None
    wanted = {"paid"} if invoice.status == "paid" else {"open", "canceled"}
    for entry in invoice.payments.data if invoice.payments else []:
        intent_id = id_of(getattr(entry.payment, "payment_intent", None))
        if entry.status in wanted and intent_id:
            return gateway.read_payment_intent(intent_id)
    return None


def subscription_of(invoice: stripe.Invoice) -> str | None:
    parent = invoice.parent
    if parent is None or parent.type != "subscription_details" or parent.subscription_details is None:
        return None
    return id_of(parent.subscription_details.subscription)


def apply(reading: Reading) -> None:
    plan = _plan_of(reading)
    invoice = reading.invoice
    if invoice.status == "paid":
        _paid(plan, reading)
    elif invoice.status in {"open", "uncollectible"} and invoice.attempt_count:
        _failed(plan, reading)
    _settle_failures(plan, invoice)


def _plan_of(reading: Reading) -> Plan:
    if reading.subscription is None:
        raise NotOurs
    return subscriptions.follow(reading.subscription)


def _paid(plan: Plan, reading: Reading) -> None:
    invoice = reading.invoice
    if invoice.amount_paid == 0 and invoice.billing_reason == "subscription_update":
        # A date that was moved, or a change that credit paid for: no payment, and only credit extends.
        return _extend(plan, invoice) if _is_part(invoice) else None
    payment = _payment_of(plan, invoice)
    credit.note_overpaid(payment, invoice_id=invoice.id, amount=invoice.amount_overpaid)
    settled = settled_from(reading.charge)
    if invoice.amount_paid == 0:
        settle_free(payment, _paid_at(invoice))
    elif settled is None and invoice.amount_paid_off_stripe:
        off_stripe = invoice.amount_paid_off_stripe
        if not settle_outside(payment, invoice_id=invoice.id, amount=off_stripe, at=_paid_at(invoice)):
            return None
    elif settled is None:
        open_issue(
            "paid_unseen",
            invoice.id,
            f"{invoice.id} is paid, but with no charge that Stripe shows us. Record the money by hand.",
            payment=payment,
        )
    elif settle(payment, settled):
        close_issue("paid_unseen", invoice.id)
    else:
        return None
    credit.use_credit(plan, invoice_id=invoice.id, used=_credit_used(invoice), at=_paid_at(invoice))
    return _extend(plan, invoice)


def _credit_used(invoice: stripe.Invoice) -> int:
    """What the customer's balance at Stripe paid of it; a balance below zero is the customer's credit."""
    return max((invoice.ending_balance or 0) - invoice.starting_balance, 0)


def _paid_at(invoice: stripe.Invoice) -> datetime:
    moment = maybe_at(invoice.status_transitions.paid_at if invoice.status_transitions else None)
    return moment or at(invoice.created)


def _is_part(invoice: stripe.Invoice) -> bool:
    """Whether it is for another sum than a whole period: a change half-way, credit from one, a discount."""
    return bool(invoice.starting_balance) or bool(invoice.total_discount_amounts) or _has_prorations(invoice)


def _has_prorations(invoice: stripe.Invoice) -> bool:
    return any(_is_proration(line) for line in invoice.lines.data)


def _is_proration(line: stripe.InvoiceLineItem) -> bool:
    details = line.parent.subscription_item_details if line.parent else None
    return bool(details and details.proration)


def _payment_of(plan: Plan, invoice: stripe.Invoice) -> Payment:
    """The payment of an invoice: the checkout's own for the first, a new one with the plan's lines for the others."""
    found = Payment.objects.filter(invoice_id=invoice.id).first()
    if found:
        return found
    first = plan.first_payment
    is_its_own = first.invoice_id is None and first.plan_id in {None, plan.pk}
    if invoice.billing_reason == "subscription_create" and is_its_own:
        first.invoice_id = invoice.id
        first.save(update_fields=["invoice_id"])
        if invoice.starting_balance:
            # Credit at Stripe has paid a part of the checkout: only the rest is this payment.
            terms.bring_to_part(first, plan.terms.earliest("pk"), amount=_paid_now(invoice))
        return first
    try:
        with transaction.atomic():
            return _renewal(plan, invoice)
    except IntegrityError:
        # Another worker made it a moment ago, from another event about the same money.
        return Payment.objects.get(invoice_id=invoice.id)


def _renewal(plan: Plan, invoice: stripe.Invoice) -> Payment:
    # The difference that a change costs is paid by the new terms, whatever sum it happens to be.
    agreed = plan.terms_in_force() if _has_prorations(invoice) else terms.terms_of_invoice(plan, invoice.total)
    # What a whole period costs is ours to say, and must agree; of a part of one, Stripe worked out the sum.
    paid = _paid_now(invoice)
    part = paid if _is_part(invoice) and paid != agreed.amount else None
    payment = Payment.objects.create(
        payer=plan.payer,
        plan=plan,
        status=Payment.Status.PROCESSING,
        amount=agreed.amount if part is None else part,
        currency=agreed.currency,
        interval=agreed.interval,
        terms=agreed.public_id.hex,
        livemode=plan.livemode,
        idempotency_key=f"invoice:{invoice.id}",
        invoice_id=invoice.id,
        created_at=at(invoice.created),
    )
    terms.write_payment_lines(agreed, payment, amount=part)
    return payment


def _paid_now(invoice: stripe.Invoice) -> int:
    return invoice.amount_paid - invoice.amount_overpaid


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
    """Tell the payable of a failed attempt, once.

    A first payment that fails is the checkout's own affair, and one that would pay for a change leaves all as it was.
    """
    invoice = reading.invoice
    if invoice.billing_reason == "subscription_create" or _pays_for_a_change(reading):
        return
    next_attempt = maybe_at(invoice.next_payment_attempt)
    _, new = RenewalFailure.objects.get_or_create(
        invoice_id=invoice.id,
        attempt=invoice.attempt_count,
        defaults={
            "plan": plan,
            "reason": _reason(reading.intent),
            "amount": invoice.amount_remaining,
            "currency": invoice.currency.upper(),
            "pay_url": invoice.hosted_invoice_url or "",
            "failed_at": told_at(invoice.id, timezone.now()),
            "next_attempt_at": next_attempt,
        },
    )
    payable = plan.payable()
    if new and payable is not None and not _was_forgiven(invoice):
        payable.renewal_failed(plan, attempt=invoice.attempt_count, is_last=next_attempt is None)


# Why an invoice is written off although nobody's last attempt has failed: there is nothing to write to the payer about.
FORGIVEN = frozenset({"user_forgiven", "subscription_canceled", "subscription_paused"})


def _was_forgiven(invoice: stripe.Invoice) -> bool:
    details = invoice.status_details.uncollectible if invoice.status_details else None
    return invoice.status == "uncollectible" and details is not None and details.reason in FORGIVEN


def _pays_for_a_change(reading: Reading) -> bool:
    pending = reading.subscription.subscription.pending_update if reading.subscription else None
    return pending is not None and reading.invoice.billing_reason == "subscription_update"


def _reason(intent: stripe.PaymentIntent | None) -> str:
    """Stripe's word for why the payment failed; the bank's own one where it gave one."""
    if intent is None:
        return ""
    if intent.status == "requires_action":
        return "authentication_required"
    error = intent.last_payment_error
    return (getattr(error, "decline_code", None) or getattr(error, "code", None) or "")[:60] if error else ""


def _settle_failures(plan: Plan, invoice: stripe.Invoice) -> None:
    """What became of an invoice that had failed: paid after all, voided, or written off."""
    if invoice.status not in {"paid", "void", "uncollectible"}:
        return
    moment = _paid_at(invoice) if invoice.status == "paid" else told_at(invoice.id, timezone.now())
    settled = RenewalFailure.objects.filter(invoice_id=invoice.id).exclude(settled_as=invoice.status)
    changed = settled.update(settled_as=invoice.status, settled_at=moment)
    payable = plan.payable()
    if changed and payable is not None and invoice.status == "paid":
        payable.renewal_recovered(plan)
