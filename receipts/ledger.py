"""The books. Every change of money goes through a verb here, and nothing else writes a transaction or an entry.

Each verb is idempotent on its reference: told twice of one thing, it returns what it booked the first time, with
`created` false. History is never changed; a mistake is reversed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from receipts.chart import FUNDED, SALES, Account, in_order
from receipts.models import ClosedMonth, Entry, Fund, Payer, Transaction
from receipts.money import split
from receipts.months import first_open_month, month_of

Booked = tuple[Transaction, bool]


class BookingError(ValueError):
    """What was asked for cannot be booked."""


class RefundTooLarge(BookingError):
    """More would be given back than was paid and not yet refunded."""


@dataclass(frozen=True, kw_only=True)
class IncomeLine:
    """One thing paid for. `amount` is without tax; `tax` comes on top and is owed on."""

    account: str
    amount: int
    fund: Fund
    description: str = ""
    # {"label", "kind", "fair_value", "cost", "bears_logo"}, amounts in minor units.
    advantages: tuple[dict[str, Any], ...] = ()
    yearly_amount: int | None = None
    subject: str = ""
    tax: int = 0


@dataclass(frozen=True, kw_only=True)
class Rate:
    """What one transaction was worth in the reporting currency, and who says so."""

    reporting_amount: int
    source: str


# -- Income -------------------------------------------------------------------------------------------------


def record_income(
    *,
    reference: str,
    occurred_at: datetime,
    payer: Payer | None,
    currency: str,
    lines: Sequence[IncomeLine],
    held_in: str = Account.STRIPE,
    memo: str = "",
    rate: Rate | None = None,
) -> Booked:
    """Book what was paid, whole, one entry per line and one per line's tax. Free lines leave no entry."""
    if any(line.amount < 0 or line.tax < 0 for line in lines):
        raise BookingError("Income is above zero; to give money back, record a refund.")
    entries = [entry for line in lines for entry in _income_entries(line, currency, held_in)]
    if not entries:
        raise BookingError("Nothing was paid, so there is nothing to book.")
    return _book(reference=reference, occurred_at=occurred_at, entries=entries, payer=payer, memo=memo, rate=rate)


def _income_entries(line: IncomeLine, currency: str, held_in: str) -> list[Entry]:
    worth = sum(int(advantage["fair_value"]) for advantage in line.advantages)
    advantage = line.amount if line.account in SALES else min(worth, line.amount)
    common = {"debit": held_in, "currency": currency, "subject": line.subject, "description": line.description}
    entries = []
    if line.amount:
        entries.append(
            Entry(
                **common,
                credit=line.account,
                amount=line.amount,
                fund=line.fund,
                advantage=advantage,
                advantages=list(line.advantages),
                yearly_amount=line.yearly_amount,
            )
        )
    if line.tax:
        entries.append(Entry(**common, credit=Account.SALES_TAX, amount=line.tax))
    return entries


def unrefunded_by_entry(of: Transaction) -> list[tuple[Entry, int]]:
    """Each entry of a payment with what has not been taken back of it. A reversed refund counts as not taken back."""
    taken_back = Coalesce(Sum("corrections__amount"), 0)
    entries = list(of.entries.filter(corrects=None).annotate(taken_back=taken_back).order_by("pk"))
    given_again = dict(
        Entry.objects.filter(corrects__corrects__transaction=of)
        .values_list("corrects__corrects")
        .annotate(total=Sum("amount"))
        .values_list("corrects__corrects", "total")
    )
    return [(entry, entry.amount - entry.taken_back + given_again.get(entry.pk, 0)) for entry in entries]


def unrefunded(of: Transaction) -> int:
    """What has been paid by this transaction and not given back."""
    return sum(left for _, left in unrefunded_by_entry(of))


def record_refund(
    *, reference: str, of: Transaction, amount: int, occurred_at: datetime, paid_from: str = Account.STRIPE
) -> Booked:
    """Give money back, split over the unrefunded remainder of the payment's lines.

    Raises RefundTooLarge when less than `amount` is left to give back.
    """
    with transaction.atomic():
        # The payment's row is the lock: two refunds of one payment must see each other.
        Transaction.objects.select_for_update().get(pk=of.pk)
        if booked := _already_booked(reference):
            return booked, False
        left = [(entry, rest) for entry, rest in unrefunded_by_entry(of) if rest > 0]
        if amount <= 0:
            raise BookingError("A refund is above zero.")
        if amount > sum(rest for _, rest in left):
            raise RefundTooLarge(f"{of.reference} has less than {amount} left to refund.")
        return _book(
            reference=reference,
            occurred_at=occurred_at,
            entries=_taking_back(left, amount, paid_from),
            payer=of.payer,
        )


def _taking_back(left: list[tuple[Entry, int]], amount: int, paid_from: str) -> list[Entry]:
    parts = split(amount, [rest for _, rest in left]) if amount else []
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
        for (entry, _), part in zip(left, parts, strict=False)
        if part
    ]


# -- Fees, disputes, payouts --------------------------------------------------------------------------------


def record_fee(
    *,
    reference: str,
    amount: int,
    currency: str,
    occurred_at: datetime,
    account: str = Account.STRIPE_FEES,
    subject: str = "",
    of: Transaction | None = None,
) -> Booked:
    """Book a fee that Stripe kept. A negative amount is a fee given back."""
    if amount == 0:
        raise BookingError("A fee of zero is no fee.")
    debit, credit = (account, Account.STRIPE) if amount > 0 else (Account.STRIPE, account)
    entries = [
        Entry(debit=debit, credit=credit, amount=part, currency=currency, fund=fund, subject=subject)
        for fund, part in _fee_by_fund(abs(amount), of)
    ]
    return _book(reference=reference, occurred_at=occurred_at, entries=entries)


def _fee_by_fund(amount: int, of: Transaction | None) -> list[tuple[Fund, int]]:
    """Fees fall on the unrestricted fund unless the fund of what was paid bears its own."""
    default = Fund.unrestricted()
    shares: dict[Fund, int] = {}
    for entry in of.entries.select_related("fund").filter(corrects=None, fund__isnull=False) if of else ():
        fund = entry.fund if entry.fund and entry.fund.bears_fees else default
        shares[fund] = shares.get(fund, 0) + entry.amount
    shares = shares or {default: 1}
    return [(fund, part) for fund, part in zip(shares, split(amount, list(shares.values())), strict=True) if part]


def record_dispute_withdrawn(*, reference: str, of: Transaction, amount: int, occurred_at: datetime) -> Booked:
    """Stripe has taken disputed money out of our balance; whether it is lost is not known yet."""
    return _move(
        reference=reference, debit=Account.DISPUTED, credit=Account.STRIPE, amount=amount,
        currency=_currency_of(of), occurred_at=occurred_at, payer=of.payer,
    )  # fmt: skip


def record_dispute_reinstated(
    *, reference: str, amount: int, currency: str, occurred_at: datetime, of: Transaction
) -> Booked:
    """Stripe has put disputed money back: the dispute was won."""
    return _move(
        reference=reference, debit=Account.STRIPE, credit=Account.DISPUTED, amount=amount,
        currency=currency, occurred_at=occurred_at, payer=of.payer,
    )  # fmt: skip


def record_dispute_lost(*, reference: str, of: Transaction, amount: int, occurred_at: datetime) -> Booked:
    """The disputed money is gone: take the income back.

    A dispute may take more than is left after refunds. Stripe's word stands: the rest is booked as unexplained.
    """
    with transaction.atomic():
        Transaction.objects.select_for_update().get(pk=of.pk)
        if booked := _already_booked(reference):
            return booked, False
        left = [(entry, rest) for entry, rest in unrefunded_by_entry(of) if rest > 0]
        from_income = min(amount, sum(rest for _, rest in left))
        entries = _taking_back(left, from_income, Account.DISPUTED)
        if amount > from_income:
            entries.append(
                Entry(
                    debit=Account.UNEXPLAINED,
                    credit=Account.DISPUTED,
                    amount=amount - from_income,
                    currency=_currency_of(of),
                    description="Disputed beyond what was left of the payment",
                )
            )
        return _book(reference=reference, occurred_at=occurred_at, entries=entries, payer=of.payer)


def record_payout(*, reference: str, amount: int, currency: str, occurred_at: datetime, subject: str = "") -> Booked:
    """Stripe has sent money to the bank. A negative amount came back from there."""
    debit, credit = (Account.BANK, Account.STRIPE) if amount > 0 else (Account.STRIPE, Account.BANK)
    return _move(
        reference=reference, debit=debit, credit=credit, amount=abs(amount), currency=currency,
        occurred_at=occurred_at, subject=subject,
    )  # fmt: skip


def record_movement(
    *, reference: str, debit: str, credit: str, amount: int, currency: str, occurred_at: datetime, subject: str = "",
    memo: str = "",
) -> Booked:  # fmt: skip
    """Move money between held, owing and between accounts: opening balances, lines nobody can name yet."""
    return _move(
        reference=reference, debit=debit, credit=credit, amount=amount, currency=currency,
        occurred_at=occurred_at, subject=subject, memo=memo,
    )  # fmt: skip


def record_exchange(
    *, reference: str, given: tuple[int, str], received: tuple[int, str], occurred_at: datetime,
    held_in: str = Account.STRIPE,
) -> Booked:  # fmt: skip
    """A charge settled in another currency: two entries through currency exchange."""
    through = Account.CURRENCY_EXCHANGE
    return _book(
        reference=reference,
        occurred_at=occurred_at,
        entries=[
            Entry(debit=through, credit=held_in, amount=given[0], currency=given[1]),
            Entry(debit=held_in, credit=through, amount=received[0], currency=received[1]),
        ],
    )


# -- Funds, expenses, deferral ------------------------------------------------------------------------------


def record_transfer(
    *, reference: str, amount: int, currency: str, giver: Fund, receiver: Fund, occurred_at: datetime,
    held_in: str = Account.BANK, memo: str = "",
) -> Booked:  # fmt: skip
    """Move money from one fund to another: two entries through fund transfers, so that each fund shows its side.

    What is held stays what it was: out of `held_in` for one fund and into it for the other.
    """
    through = Account.FUND_TRANSFERS
    return _book(
        reference=reference,
        occurred_at=occurred_at,
        memo=memo,
        entries=[
            Entry(debit=through, credit=held_in, amount=amount, currency=currency, fund=giver),
            Entry(debit=held_in, credit=through, amount=amount, currency=currency, fund=receiver),
        ],
    )


def record_expense(
    *, reference: str, account: str, amount: int, currency: str, fund: Fund, occurred_at: datetime,
    paid_from: str = Account.BANK, subject: str = "", description: str = "",
) -> Booked:  # fmt: skip
    """Book a cost by its function."""
    entry = Entry(
        debit=account, credit=paid_from, amount=amount, currency=currency, fund=fund, subject=subject,
        description=description,
    )  # fmt: skip
    return _book(reference=reference, occurred_at=occurred_at, entries=[entry])


def defer_income(
    *, reference: str, entry: Entry, amount: int, term_start: date, term_end: date, occurred_at: datetime
) -> Booked:
    """Move the part of an income entry that is still to be earned to deferred income, with its term."""
    if not 0 < amount <= entry.amount:
        raise BookingError("What is deferred is part of what was paid.")
    deferral = Entry(
        debit=entry.credit, credit=Account.DEFERRED, amount=amount, currency=entry.currency, fund=entry.fund,
        subject=f"deferral:{entry.pk}", term_start=term_start, term_end=term_end,
    )  # fmt: skip
    return _book(reference=reference, occurred_at=occurred_at, entries=[deferral])


def recognise_deferred(*, reference: str, deferral: Entry, amount: int, occurred_at: datetime) -> Booked:
    """Bring back as income what has been earned of a deferral by now."""
    with transaction.atomic():
        Transaction.objects.select_for_update().get(pk=deferral.transaction_id)
        if booked := _already_booked(reference):
            return booked, False
        earned = Entry.objects.filter(subject=deferral.subject, debit=Account.DEFERRED).aggregate(s=Sum("amount"))["s"]
        if amount + (earned or 0) > deferral.amount:
            raise BookingError("More would be earned than was deferred.")
        entry = Entry(
            debit=Account.DEFERRED, credit=deferral.debit, amount=amount, currency=deferral.currency,
            fund=deferral.fund, subject=deferral.subject,
        )  # fmt: skip
        return _book(reference=reference, occurred_at=occurred_at, entries=[entry])


# -- Corrections and closing --------------------------------------------------------------------------------


def reverse(wrong: Transaction, *, reference: str, occurred_at: datetime, memo: str = "") -> Booked:
    """Take a whole transaction back with a new one that mirrors it.

    Raises BookingError for a reversal, and for a payment of which something was refunded: reverse the refund first.
    """
    with transaction.atomic():
        wrong = Transaction.objects.select_for_update(of=("self",)).get(pk=wrong.pk)
        if booked := _already_booked(reference):
            return booked, False
        if wrong.reverses_id:
            raise BookingError("A reversal is not reversed: book what happened anew.")
        if any(left != entry.amount for entry, left in unrefunded_by_entry(wrong)):
            raise BookingError("Part of this was taken back already: reverse that first.")
        return _book(
            reference=reference, occurred_at=occurred_at, memo=memo, payer=wrong.payer, reverses=wrong,
            entries=[_mirror(entry) for entry in wrong.entries.order_by("pk")],
        )  # fmt: skip


def _mirror(entry: Entry) -> Entry:
    return Entry(
        debit=entry.credit, credit=entry.debit, amount=entry.amount, currency=entry.currency, fund=entry.fund,
        corrects=entry, subject=entry.subject, description=entry.description,
    )  # fmt: skip


def close_month(month: int, by: Any = None, *, now: datetime | None = None) -> ClosedMonth:
    """Close a month and every one before it. What happened then and is learnt later goes into the first open month."""
    if month >= month_of(now or timezone.now()):
        raise BookingError("A month is closed when it is over.")
    closed, _ = ClosedMonth.objects.get_or_create(month=month, defaults={"closed_by": by})
    return closed


# -- Balances -----------------------------------------------------------------------------------------------


def account_balance(account: str, *, currency: str, as_of: datetime | None = None) -> int:
    """Debits less credits: what is held is above zero, what is owed and earned is below."""
    entries = Entry.objects.recorded_by(as_of).filter(currency=currency.upper())
    debits = entries.filter(debit=account).aggregate(s=Sum("amount"))["s"] or 0
    credits = entries.filter(credit=account).aggregate(s=Sum("amount"))["s"] or 0
    return debits - credits


def fund_balance(fund: Fund, *, currency: str, as_of: datetime | None = None) -> int:
    """Income less costs, with transfers in and out: what is left for the fund's purpose."""
    funded = in_order(FUNDED)
    entries = Entry.objects.recorded_by(as_of).filter(fund=fund, currency=currency.upper())
    came = entries.filter(credit__in=funded).aggregate(s=Sum("amount"))["s"] or 0
    went = entries.filter(debit__in=funded).aggregate(s=Sum("amount"))["s"] or 0
    return came - went


def _already_booked(reference: str) -> Transaction | None:
    return Transaction.objects.filter(reference=reference).first()


def _currency_of(of: Transaction) -> str:
    return of.entries.order_by("pk").values_list("currency", flat=True)[0]


def _move(*, reference: str, occurred_at: datetime, payer: Payer | None = None, memo: str = "", **entry: Any) -> Booked:
    return _book(reference=reference, occurred_at=occurred_at, payer=payer, memo=memo, entries=[Entry(**entry)])


def _book(
    *,
    reference: str,
    occurred_at: datetime,
    entries: Sequence[Entry],
    payer: Payer | None = None,
    memo: str = "",
    reverses: Transaction | None = None,
    rate: Rate | None = None,
) -> Booked:
    """Write a transaction with its entries, or return the one that has this reference already."""
    if booked := _already_booked(reference):
        return booked, False
    if any(entry.amount <= 0 for entry in entries):
        raise BookingError("Every amount in the books is above zero.")
    month = first_open_month(occurred_at)
    try:
        with transaction.atomic():
            written = Transaction.objects.create(
                reference=reference, occurred_at=occurred_at, recorded_at=timezone.now(), month=month,
                payer=payer, memo=memo, reverses=reverses,
            )  # fmt: skip
            _write_entries(written, entries, rate)
    except IntegrityError:
        # Somebody else booked it between our look and our write: theirs stands.
        if booked := _already_booked(reference):
            return booked, False
        raise
    return written, True


def _write_entries(written: Transaction, entries: Sequence[Entry], rate: Rate | None) -> None:
    amounts = split(rate.reporting_amount, [entry.amount for entry in entries]) if rate else []
    for position, entry in enumerate(entries):
        entry.transaction = written
        entry.month = written.month
        entry.currency = entry.currency.upper()
        if entry.currency == settings.REPORTING_CURRENCY:
            entry.reporting_amount = entry.amount
        elif rate:
            entry.reporting_amount, entry.rate_source = amounts[position], rate.source
    Entry.objects.bulk_create(entries)
