"""Taking back what was booked: refunds, disputes, reversals. Never more than there was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from receipts.chart import Account
from receipts.ledger.booking import Booked, BookingError, already_booked, book, currency_of, move
from receipts.ledger.remainders import Left, RefundTooLarge, as_told, shared_out, unrefunded_by_entry
from receipts.models import Entry, Fund, Transaction


def record_refund(
    *,
    reference: str,
    of: Transaction,
    amount: int,
    occurred_at: datetime,
    paid_from: str = Account.STRIPE,
    parts: Sequence[tuple[int, int]] | None = None,
) -> Booked:
    """Give money back: from the entries that `parts` names, else split over what is left of all of them.

    `parts` holds an entry's key and what goes back of it, in minor units; together they are `amount`.

    Raises RefundTooLarge when less than `amount` is left to give back, or less than its part of some entry.
    """
    with transaction.atomic():
        # The payment's row is the lock: two refunds of one payment must see each other.
        Transaction.objects.select_for_update().get(pk=of.pk)
        if booked := already_booked(reference):
            return booked, False
        left = [(entry, rest) for entry, rest in unrefunded_by_entry(of) if rest > 0]
        if amount <= 0:
            raise BookingError("A refund is above zero.")
        if amount > sum(rest for _, rest in left):
            raise RefundTooLarge(f"{of.reference} has less than {amount} left to refund.")
        taken = shared_out(left, amount) if parts is None else as_told(left, amount, parts)
        return book(
            reference=reference,
            occurred_at=occurred_at,
            entries=_taking_back(taken, paid_from),
            payer=of.payer,
        )


def record_given_instead(
    *,
    reference: str,
    of: Transaction,
    parts: Sequence[tuple[int, int]],
    fund: Fund,
    occurred_at: datetime,
    subject: str = "",
    description: str = "",
) -> Booked:
    """What was paid for something stays with us as a gift: no longer a fee, nor tax that we owe on.

    `parts` holds an entry's key and what is given of it. On its way it is the payer's credit, for no moment of time.
    Nobody got anything for it, so its advantage is 0; it was given on the day on which they said so.

    Raises RefundTooLarge when less than that is left of an entry.
    """
    with transaction.atomic():
        Transaction.objects.select_for_update().get(pk=of.pk)
        if booked := already_booked(reference):
            return booked, False
        left = [(entry, rest) for entry, rest in unrefunded_by_entry(of) if rest > 0]
        amount = sum(part for _, part in parts)
        taken = as_told(left, amount, parts)
        gift = Entry(
            debit=Account.CUSTOMER_CREDIT, credit=Account.GIFTS, amount=amount, currency=currency_of(of), fund=fund,
            subject=subject, description=description,
        )  # fmt: skip
        entries = [*_taking_back(taken, Account.CUSTOMER_CREDIT), gift]
        return book(reference=reference, occurred_at=occurred_at, entries=entries, payer=of.payer)


def _taking_back(taken: Left, paid_from: str) -> list[Entry]:
    return [
        Entry(
            debit=entry.credit,
            credit=paid_from,
            amount=part,
            currency=entry.currency,
            fund=entry.fund,
            corrects=entry,
            subject=entry.subject,
            description=entry.description,
        )
        for entry, part in taken
    ]


def record_dispute_withdrawn(*, reference: str, of: Transaction, amount: int, occurred_at: datetime) -> Booked:
    """Stripe has taken disputed money out of our balance; whether it is lost is not known yet."""
    return move(
        reference=reference, debit=Account.DISPUTED, credit=Account.STRIPE, amount=amount,
        currency=currency_of(of), occurred_at=occurred_at, payer=of.payer,
    )  # fmt: skip


def record_dispute_reinstated(
    *, reference: str, amount: int, currency: str, occurred_at: datetime, of: Transaction
) -> Booked:
    """Stripe has put disputed money back: the dispute was won."""
    return move(
        reference=reference, debit=Account.STRIPE, credit=Account.DISPUTED, amount=amount,
        currency=currency, occurred_at=occurred_at, payer=of.payer,
    )  # fmt: skip


def record_dispute_lost(*, reference: str, of: Transaction, amount: int, occurred_at: datetime) -> Booked:
    """The disputed money is gone: take the income back.

    A dispute may take more than is left after refunds. Stripe's word stands: the rest is booked as unexplained.
    """
    with transaction.atomic():
        Transaction.objects.select_for_update().get(pk=of.pk)
        if booked := already_booked(reference):
            return booked, False
        left = [(entry, rest) for entry, rest in unrefunded_by_entry(of) if rest > 0]
        from_income = min(amount, sum(rest for _, rest in left))
        entries = _taking_back(shared_out(left, from_income), Account.DISPUTED)
        if amount > from_income:
            entries.append(
                Entry(
                    debit=Account.UNEXPLAINED,
                    credit=Account.DISPUTED,
                    amount=amount - from_income,
                    currency=currency_of(of),
                    description="Disputed beyond what was left of the payment",
                )
            )
        return book(reference=reference, occurred_at=occurred_at, entries=entries, payer=of.payer)


def reverse(wrong: Transaction, *, reference: str, occurred_at: datetime, memo: str = "") -> Booked:
    """Take a whole transaction back with a new one that mirrors it.

    Raises BookingError for a reversal, and for a payment of which something was refunded: reverse the refund first.
    """
    with transaction.atomic():
        wrong = Transaction.objects.select_for_update(of=("self",)).get(pk=wrong.pk)
        if booked := already_booked(reference):
            return booked, False
        if wrong.reverses_id:
            raise BookingError("A reversal is not reversed: book what happened anew.")
        if any(left != entry.amount for entry, left in unrefunded_by_entry(wrong)):
            raise BookingError("Part of this was taken back already: reverse that first.")
        return book(
            reference=reference, occurred_at=occurred_at, memo=memo, payer=wrong.payer, reverses=wrong,
            entries=[_mirror(entry) for entry in wrong.entries.order_by("pk")],
        )  # fmt: skip


def _mirror(entry: Entry) -> Entry:
    return Entry(
        debit=entry.credit, credit=entry.debit, amount=entry.amount, currency=entry.currency, fund=entry.fund,
        corrects=entry, subject=entry.subject, description=entry.description,
    )  # fmt: skip
