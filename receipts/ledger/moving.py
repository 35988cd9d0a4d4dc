"""Fees, payouts, expenses, and money that moves between accounts, currencies and funds."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from receipts.chart import Account
from receipts.ledger.booking import Booked, BookingError, book, move
from receipts.models import Entry, Fund, Transaction
from receipts.money import split


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
    return book(reference=reference, occurred_at=occurred_at, entries=entries)


def _fee_by_fund(amount: int, of: Transaction | None) -> list[tuple[Fund, int]]:
    """Fees fall on the unrestricted fund unless the fund of what was paid bears its own."""
    default = Fund.unrestricted()
    shares: dict[Fund, int] = {}
    for entry in of.entries.select_related("fund").filter(corrects=None, fund__isnull=False) if of else ():
        fund = entry.fund if entry.fund and entry.fund.bears_fees else default
        shares[fund] = shares.get(fund, 0) + entry.amount
    shares = shares or {default: 1}
    return [(fund, part) for fund, part in zip(shares, split(amount, list(shares.values())), strict=True) if part]


def record_payout(*, reference: str, amount: int, currency: str, occurred_at: datetime, subject: str = "") -> Booked:
    """Stripe has sent money to the bank. A negative amount came back from there."""
    debit, credit = (Account.BANK, Account.STRIPE) if amount > 0 else (Account.STRIPE, Account.BANK)
    return move(
        reference=reference, debit=debit, credit=credit, amount=abs(amount), currency=currency,
        occurred_at=occurred_at, subject=subject,
    )  # fmt: skip


def record_movement(
    *, reference: str, debit: str, credit: str, amount: int, currency: str, occurred_at: datetime, subject: str = "",
    memo: str = "",
) -> Booked:  # fmt: skip
    """Move money between held, owing and between accounts: opening balances, lines nobody can name yet."""
    return move(
        reference=reference, debit=debit, credit=credit, amount=amount, currency=currency,
        occurred_at=occurred_at, subject=subject, memo=memo,
    )  # fmt: skip


def record_exchange(
    *, reference: str, given: tuple[int, str], received: tuple[int, str], occurred_at: datetime,
    held_in: str = Account.STRIPE,
) -> Booked:  # fmt: skip
    """A charge settled in another currency: two entries through currency exchange.

    Where one side is the reporting currency, that is what the other one was worth.
    """
    through = Account.CURRENCY_EXCHANGE
    worth = {amount for amount, currency in (given, received) if currency == settings.REPORTING_CURRENCY}
    known = {"reporting_amount": worth.pop(), "rate_source": reference} if worth else {}
    return book(
        reference=reference,
        occurred_at=occurred_at,
        entries=[
            Entry(debit=through, credit=held_in, amount=given[0], currency=given[1], **known),
            Entry(debit=held_in, credit=through, amount=received[0], currency=received[1], **known),
        ],
    )


def record_transfer(
    *, reference: str, amount: int, currency: str, giver: Fund, receiver: Fund, occurred_at: datetime,
    held_in: str = Account.BANK, memo: str = "",
) -> Booked:  # fmt: skip
    """Move money from one fund to another: two entries through fund transfers, so that each fund shows its side.

    What is held stays what it was: out of `held_in` for one fund and into it for the other.
    """
    through = Account.FUND_TRANSFERS
    return book(
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
    return book(reference=reference, occurred_at=occurred_at, entries=[entry])
