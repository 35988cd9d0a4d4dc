"""Disputes: money that a bank takes back for now, and for good when the dispute is lost."""

from __future__ import annotations

from dataclasses import dataclass

import stripe
from django.utils import timezone

from payments import gateway
from payments.booking import tell_refunded
from payments.exchanging import book_exchange
from payments.invoicing import credit
from payments.issues import close_issue, open_issue
from payments.mirror.ours import NotHereYet, NotOurs, at, id_of, paid_payment
from payments.models import Dispute, Payment
from payments.origins import is_ours
from receipts import ledger
from receipts.chart import Account
from receipts.invoices.wording import DISPUTED
from receipts.issuing import void_receipts_of
from receipts.models import Transaction
from receipts.months import day_of


@dataclass(frozen=True)
class Reading:
    dispute: stripe.Dispute
    is_ours: bool


def read(dispute_id: str) -> Reading:
    dispute = gateway.read_dispute(dispute_id)
    return Reading(dispute, is_ours=is_ours(dispute))


def apply(reading: Reading) -> None:
    if not reading.is_ours:
        raise NotOurs
    remote = reading.dispute
    payment = paid_payment(charge_id=id_of(remote.charge), payment_intent_id=id_of(remote.payment_intent))
    if payment is None or payment.transaction is None:
        raise NotHereYet(remote.id)
    dispute, _ = Dispute.objects.update_or_create(
        dispute_id=remote.id,
        defaults={
            "payment": payment,
            "amount": remote.amount,
            # Stripe adds words over time; an unknown one is kept and shown.
            "status": remote.status[:60],
            "reason": remote.reason[:60],
            "opened_at": at(remote.created),
            "synced_at": timezone.now(),
        },
    )
    _book_movements(remote, payment.transaction)
    if remote.status == "lost" and remote.balance_transactions:
        _book_loss(remote, payment, payment.transaction)
    _tell_staff(dispute)


def _book_movements(remote: stripe.Dispute, original: Transaction) -> None:
    """An inquiry moves no money; a dispute takes it out with a fee, a won one puts it back."""
    for line in remote.balance_transactions:
        moment, currency = at(line.created), remote.currency.upper()
        # In the currency of the payment; what an exchange made of it follows.
        amount = abs(line.amount) if line.currency.upper() == currency else remote.amount
        if line.amount < 0:
            ledger.record_dispute_withdrawn(
                reference=f"stripe:{line.id}", of=original, amount=amount, occurred_at=moment
            )
        else:
            ledger.record_dispute_reinstated(
                reference=f"stripe:{line.id}", of=original, amount=amount, currency=currency, occurred_at=moment
            )
        book_exchange(
            reference=f"stripe:fx:{line.id}",
            paid=(amount, currency),
            settled=(line.amount, line.currency.upper()),
            occurred_at=moment,
        )
        if line.fee:
            ledger.record_fee(
                reference=f"stripe:fee:{line.id}",
                amount=line.fee,
                currency=line.currency.upper(),
                occurred_at=moment,
                account=Account.DISPUTE_FEES,
                of=original,
            )


def _book_loss(remote: stripe.Dispute, payment: Payment, original: Transaction) -> None:
    lost, created = ledger.record_dispute_lost(
        reference=f"stripe:{remote.id}:lost", of=original, amount=remote.amount, occurred_at=timezone.now()
    )
    if created:
        void_receipts_of(original, reason="The payment was disputed and lost.", at=timezone.now(), taken_back_by=lost)
        credit(lost, on=day_of(timezone.now()), reason=DISPUTED)
        tell_refunded(payment, lost)


def _tell_staff(dispute: Dispute) -> None:
    if dispute.status in {"won", "lost", "warning_closed", "prevented"}:
        close_issue("dispute_open", dispute.dispute_id)
        return
    open_issue(
        "dispute_open",
        dispute.dispute_id,
        f"{dispute.dispute_id}: {dispute.status}. Answer it in Stripe's dashboard.",
        payment=dispute.payment,
    )
