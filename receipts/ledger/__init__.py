"""The books. Every change of money goes through a verb here, and nothing else writes a transaction or an entry.

Each verb is idempotent on its reference: told twice of one thing, it returns what it booked the first time, with
`created` false. History is never changed; a mistake is reversed.
"""

from __future__ import annotations

from receipts.ledger.balances import account_balance, fund_balance
from receipts.ledger.booking import Booked, BookingError, Rate
from receipts.ledger.closing import close_month
from receipts.ledger.giving_back import (
    RefundTooLarge,
    record_dispute_lost,
    record_dispute_reinstated,
    record_dispute_withdrawn,
    record_refund,
    reverse,
    unrefunded,
    unrefunded_by_entry,
)
from receipts.ledger.income import IncomeLine, defer_income, recognise_deferred, record_income
from receipts.ledger.moving import (
    record_exchange,
    record_expense,
    record_fee,
    record_movement,
    record_payout,
    record_transfer,
)

__all__ = [
    "Booked",
    "BookingError",
    "IncomeLine",
    "Rate",
    "RefundTooLarge",
    "account_balance",
    "close_month",
    "defer_income",
    "fund_balance",
    "recognise_deferred",
    "record_dispute_lost",
    "record_dispute_reinstated",
    "record_dispute_withdrawn",
    "record_exchange",
    "record_expense",
    "record_fee",
    "record_income",
    "record_movement",
    "record_payout",
    "record_refund",
    "record_transfer",
    "reverse",
    "unrefunded",
    "unrefunded_by_entry",
]
