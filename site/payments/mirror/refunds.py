"""Refunds, ours and those made in Stripe's dashboard. The money that came in stays booked; going back is booked too."""

from __future__ import annotations

from dataclasses import dataclass

import stripe
from django.utils import timezone

from payments import gateway, mails
from payments.booking import tell_refund_failed, tell_refunded
from payments.exchanging import book_exchange
from payments.gateway import reference_of
from payments.invoicing import credit
from payments.issues import open_issue
from payments.mirror.ours import NotHereYet, NotOurs, at, id_of, paid_payment
from payments.models import Payment, Refund
from payments.origins import is_ours
from payments.refund_parts import in_the_books
from receipts import ledger
from receipts.invoices import cancel_credit_note
from receipts.invoices.wording import REFUNDED
from receipts.issuing import left_on, void_receipts_of
from receipts.models import Transaction
from receipts.money import format_amount
from receipts.months import day_of

STATUS = {
    "pending": Refund.Status.PENDING,
    "requires_action": Refund.Status.PENDING,
    "succeeded": Refund.Status.SUCCEEDED,
    "failed": Refund.Status.FAILED,
    "canceled": Refund.Status.FAILED,
}


@dataclass(frozen=True)
class Reading:
    refund: stripe.Refund
    is_ours: bool


def read(refund_id: str) -> Reading:
    refund = gateway.read_refund(refund_id)
    return Reading(refund, is_ours=is_ours(refund))


def apply(reading: Reading) -> None:
    if not reading.is_ours:
        raise NotOurs
    remote = reading.refund
    refund = _find(remote)
    was_failed = refund.status == Refund.Status.FAILED and refund.pk is not None
    refund.status = STATUS.get(remote.status or "", Refund.Status.PENDING)
    refund.amount = remote.amount
    original = refund.payment.transaction
    # The money leaves Stripe's balance when the refund is made; the payer's bank may take days to say yes or no.
    if remote.balance_transaction and refund.transaction is None and original:
        _book(refund, remote, original)
    if refund.status == Refund.Status.FAILED and not was_failed:
        _take_back(refund, remote)
    refund.save()
    _book_exchanges(remote)


def _find(remote: stripe.Refund) -> Refund:
    known = Refund.objects.select_related("payment", "transaction").filter(refund_id=remote.id).first()
    if known:
        return known
    payment = _payment_of(remote)
    reference = reference_of(remote.metadata)
    ours = Refund.objects.filter(payment=payment, refund_id=None, public_id=reference).first() if reference else None
    refund = ours or Refund(payment=payment, amount=remote.amount, reason="made at Stripe")
    refund.refund_id = remote.id
    return refund


def _payment_of(remote: stripe.Refund) -> Payment:
    payment = paid_payment(charge_id=id_of(remote.charge), payment_intent_id=id_of(remote.payment_intent))
    if payment is None:
        # The refund was told before the payment it takes back.
        raise NotHereYet(remote.id)
    return payment


def _book(refund: Refund, remote: stripe.Refund, original: Transaction) -> None:
    # What is left of each line is looked at under the lock of the payment's transaction.
    original = Transaction.objects.select_for_update().get(pk=original.pk)
    refund.transaction, created = ledger.record_refund(
        reference=f"stripe:{remote.id}",
        of=original,
        amount=remote.amount,
        occurred_at=at(remote.created),
        parts=in_the_books(refund, remote.amount),
    )
    if not created:
        return
    # Whoever is told of it finds it, with its lines.
    refund.save()
    voided = void_receipts_of(
        original, reason="The payment was refunded.", at=timezone.now(), taken_back_by=refund.transaction
    )
    if any(left_on(receipt) for receipt in voided):
        open_issue(
            "refund_partial",
            str(refund.payment.public_id),
            f"{format_amount(remote.amount, remote.currency)} went back; the rest has no receipt now.",
            payment=refund.payment,
        )
    credit_note = credit(refund.transaction, on=day_of(timezone.now()), reason=REFUNDED)
    tell_refunded(refund.payment, refund.transaction)
    mails.refunded(refund, voided, credit_note)


def _book_exchanges(remote: stripe.Refund) -> None:
    """Stripe may tell the balance transactions later than the refund."""
    lines = {"": remote.balance_transaction, ":failed": remote.failure_balance_transaction}
    for ending, line in lines.items():
        if isinstance(line, stripe.BalanceTransaction):
            book_exchange(
                reference=f"stripe:fx:{remote.id}{ending}",
                paid=(remote.amount, remote.currency.upper()),
                settled=(line.amount, line.currency.upper()),
                occurred_at=at(line.created),
            )


def _take_back(refund: Refund, remote: stripe.Refund) -> None:
    """A refund failed, at once or days later: the money is ours again, and a person must sort it out."""
    if refund.transaction is not None:
        reversal, created = ledger.reverse(
            refund.transaction, reference=f"stripe:{remote.id}:failed", occurred_at=timezone.now()
        )
        if created:
            cancel_credit_note(reversal, on=day_of(timezone.now()))
            tell_refund_failed(refund.payment, reversal)
    open_issue(
        "refund_failed",
        remote.id,
        f"{remote.id} failed ({remote.failure_reason or 'no reason given'}): the payer did not get the money.",
        payment=refund.payment,
    )
