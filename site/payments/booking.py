"""Money that arrived: into the ledger once, then fulfilled, then receipted. All in the caller's transaction."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from payments.exchanging import book_exchange
from payments.invoicing import invoice_payment
from payments.issues import close_issue, open_issue
from payments.models import Payment
from payments.payables import Payable
from payments.refund_parts import parts_of
from receipts import ledger
from receipts.chart import Account
from receipts.issuing import issue_receipt
from receipts.models import Transaction
from receipts.months import day_of

# As an entry's description is kept.
LONGEST = 200


@dataclass(frozen=True, kw_only=True)
class Settled:
    """A charge that succeeded, as Stripe tells it. Amounts in minor units of ``currency``."""

    charge_id: str
    payment_intent_id: str
    amount: int
    currency: str
    occurred_at: datetime
    # None until Stripe has processed the charge; in the currency that the account settles in.
    fee: int | None
    fee_currency: str = ""
    # What came of it there, where that is another currency; the rate in Stripe's own words.
    settled_amount: int | None = None
    exchange_rate: str = ""
    # What the payer saw and paid, where Stripe showed another currency than ours.
    presented: tuple[int, str] | None = None

    @property
    def is_exchanged(self) -> bool:
        return self.settled_amount is not None and self.fee_currency not in {"", self.currency}

    @property
    def rate(self) -> ledger.Rate | None:
        """What it is worth in the reporting currency, where Stripe exchanged it into that."""
        if not self.is_exchanged or self.fee_currency != settings.REPORTING_CURRENCY:
            return None
        return ledger.Rate(reporting_amount=self.settled_amount or 0, source=f"stripe:fx:{self.charge_id}")


@transaction.atomic
def settle(payment: Payment, settled: Settled) -> bool:
    """Book a charge for its payment and fulfil. Doing it again adds at most the fee; False when it was parked."""
    payment = Payment.objects.select_for_update().get(pk=payment.pk)
    if _went_back(payment, settled) or _is_second_charge(payment, settled) or not _amount_agrees(payment, settled):
        return False
    if payment.status != Payment.Status.PAID:
        _book_income(payment, settled)
    _book_settlement(payment, settled)
    return True


def _went_back(payment: Payment, settled: Settled) -> bool:
    """Whether it was parked and then given back whole: its charge, told of again, has nothing more to say."""
    is_over = payment.status == Payment.Status.FAILED and payment.charge_id == settled.charge_id
    return is_over and payment.transaction is not None and not ledger.unrefunded(payment.transaction)


def _is_second_charge(payment: Payment, settled: Settled) -> bool:
    """Whether what is paid was paid again. The first charge keeps its place; a person decides about the second."""
    if payment.status != Payment.Status.PAID or payment.charge_id == settled.charge_id:
        return False
    open_issue(
        "paid_twice",
        settled.charge_id,
        f"{settled.charge_id} pays again for what {payment.charge_id or 'no charge'} has paid: "
        f"{settled.amount} {settled.currency} (minor units).",
        payment=payment,
    )
    return True


def _amount_agrees(payment: Payment, settled: Settled) -> bool:
    if (payment.expected_amount, payment.currency) == (settled.amount, settled.currency):
        return True
    payment.charge_id = settled.charge_id
    payment.payment_intent_id = settled.payment_intent_id
    # The money is here, whatever it is for: its refund and its fee need something to stand on.
    payment.transaction, _ = ledger.record_movement(
        reference=f"stripe:{settled.charge_id}",
        debit=Account.STRIPE,
        credit=Account.UNEXPLAINED,
        amount=settled.amount,
        currency=settled.currency,
        occurred_at=settled.occurred_at,
    )
    park(
        payment,
        "amount_differs",
        f"Asked for {payment.expected_amount} {payment.currency}, Stripe took {settled.amount} {settled.currency} "
        f"(minor units) with {settled.charge_id}. It is booked as unexplained, and nothing was fulfilled.",
    )
    _book_settlement(payment, settled)
    return False


def _book_income(payment: Payment, settled: Settled) -> None:
    payment.charge_id = settled.charge_id
    payment.payment_intent_id = settled.payment_intent_id
    payment.presented_amount, payment.presented_currency = settled.presented or (None, "")
    book_paid(
        payment,
        reference=f"stripe:{settled.charge_id}",
        occurred_at=settled.occurred_at,
        rate=settled.rate,
        paid_as=settled.presented,
    )


def book_paid(
    payment: Payment,
    *,
    reference: str,
    occurred_at: datetime,
    held_in: str = Account.STRIPE,
    rate: ledger.Rate | None = None,
    paid_as: tuple[int, str] | None = None,
) -> None:
    """Book a payment's lines, fulfil and receipt it. Call it with the payment's row locked."""
    payment.transaction, created = ledger.record_income(
        reference=reference,
        occurred_at=occurred_at,
        payer=payment.payer,
        currency=payment.currency,
        lines=[*income_lines(payment), *_credit_lines(payment)],
        held_in=held_in,
        rate=rate,
    )
    _mark_paid(payment, occurred_at)
    if created:
        fulfil(payment, payment.transaction)
        sandbox = settings.STRIPE_MODE != "live"
        issue_receipt(payment.transaction, on=day_of(occurred_at), sandbox=sandbox, paid_as=paid_as)
        invoice_payment(payment, on=day_of(occurred_at), sandbox=sandbox)


def _credit_lines(payment: Payment) -> list[ledger.IncomeLine]:
    """What was paid too much is owed to the payer: no income, and no receipt speaks of it."""
    if not payment.overpaid_amount:
        return []
    fund = payment.lines.select_related("fund")[0].fund
    return [
        ledger.IncomeLine(
            account=Account.CUSTOMER_CREDIT,
            amount=payment.overpaid_amount,
            fund=fund,
            description="Paid too much",
            # As `credit.subject_of`, which stands above this module.
            subject=f"credit:{payment.payer_id}",
        )
    ]


def income_lines(payment: Payment) -> list[ledger.IncomeLine]:
    """What is booked of its lines, in their order; a free line leaves nothing in the books."""
    plan = f"plan:{payment.plan_id}" if payment.plan_id else ""
    return [
        income_line({**line.values(), "description": line.counted[:LONGEST]}, subject=line.subject or plan)
        for line in payment.lines.select_related("fund").order_by("pk")
        if line.amount or line.tax
    ]


def income_line(values: dict[str, Any], *, subject: str) -> ledger.IncomeLine:
    """A line's columns as the books take them: how many it was of, and of which taxes, stays with the line."""
    known = {field.name for field in fields(ledger.IncomeLine)}
    taken = {name: value for name, value in values.items() if name in known}
    return ledger.IncomeLine(**{**taken, "advantages": tuple(taken["advantages"]), "subject": subject})


def settle_free(payment: Payment, at: datetime) -> None:
    """Fulfil a payment for which Stripe took nothing (a full discount). Nothing to book, no receipt."""
    payment = Payment.objects.select_for_update().get(pk=payment.pk)
    if payment.status == Payment.Status.PAID:
        return
    payment.amount = 0
    payment.fee_known = True
    _mark_paid(payment, at)
    fulfil(payment, None)


def _mark_paid(payment: Payment, at: datetime) -> None:
    payment.status = Payment.Status.PAID
    payment.paid_at = at
    payment.problem = ""
    payment.save()
    payment.items.update(is_open=False)
    close_issue("amount_differs", str(payment.public_id))


def fulfil(payment: Payment, booked: Transaction | None) -> None:
    for payable in payment.payables():
        payable.paid(booked)


def _book_settlement(payment: Payment, settled: Settled) -> None:
    """What became of the money at Stripe, once Stripe has worked that out: its exchange, and its fee."""
    if payment.fee_known or settled.fee is None:
        return
    told: dict[str, object] = {"fee_known": True}
    if settled.is_exchanged and settled.settled_amount is not None:
        book_exchange(
            reference=f"stripe:fx:{settled.charge_id}",
            paid=(settled.amount, settled.currency),
            settled=(settled.settled_amount, settled.fee_currency),
            occurred_at=settled.occurred_at,
        )
        told |= {
            "settled_amount": settled.settled_amount,
            "settled_currency": settled.fee_currency,
            "exchange_rate": settled.exchange_rate,
        }
    if settled.fee:
        ledger.record_fee(
            reference=f"stripe:fee:{settled.charge_id}",
            amount=settled.fee,
            currency=settled.fee_currency or settled.currency,
            occurred_at=settled.occurred_at,
            of=payment.transaction,
        )
    Payment.objects.filter(pk=payment.pk).update(**told)


def park(payment: Payment, kind: str, detail: str) -> None:
    """Set a payment aside for a person: nothing is booked, nothing fulfilled, and an issue says why."""
    if payment.status != Payment.Status.PAID:
        payment.status = Payment.Status.PARKED
    payment.problem = detail
    payment.save()
    open_issue(kind, str(payment.public_id), detail, payment=payment)


@transaction.atomic
def release(payment: Payment, status: str) -> bool:
    """End an unpaid checkout and give back what it held. Only the first of several calls does it."""
    moved = Payment.objects.filter(pk=payment.pk, status__in=[*Payment.OPEN, Payment.Status.PROCESSING]).update(
        status=status
    )
    if not moved:
        return False
    payment.items.update(is_open=False)
    for payable in payment.payables():
        payable.released()
    return True


def tell_refunded(payment: Payment, booked: Transaction) -> None:
    """Tell those whose lines were taken back; a gift in the same basket hears nothing of a candle that came back."""
    if payment.status == Payment.Status.PARKED:
        _end_parked(payment)
        return
    for payable in _touched_by(payment, booked):
        payable.refunded(booked)


def _touched_by(payment: Payment, booked: Transaction) -> list[Payable]:
    items = {part.line.item_id for part in parts_of(booked)}
    return payment.payables(items) if items else payment.payables()


def _end_parked(payment: Payment) -> None:
    """What was parked has gone back whole: the payer may start anew."""
    if payment.transaction and not ledger.unrefunded(payment.transaction):
        Payment.objects.filter(pk=payment.pk).update(status=Payment.Status.PROCESSING)
        release(payment, Payment.Status.FAILED)
        close_issue("amount_differs", str(payment.public_id))


def tell_refund_failed(payment: Payment, reversal: Transaction) -> None:
    for payable in _touched_by(payment, reversal):
        payable.refund_failed(reversal)
