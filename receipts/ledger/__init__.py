"""The books. Every change of money goes through a verb here, and nothing else writes a transaction or an entry.

Each verb is idempotent on its reference: told twice of one thing, it returns what it booked the first time, with
`created` false. History is never changed; a mistake is reversed.
"""

from __future__ import annotations

from receipts.ledger.balances import account_balance, fund_balance, owed_by_subject
from receipts.ledger.booking import Booked, BookingError, Rate
from receipts.ledger.closing import close_month
from receipts.ledger.giving_back import (
    record_dispute_lost,
    record_dispute_reinstated,
    record_dispute_withdrawn,
    record_given_instead,
    record_refund,
    reverse,
)
from receipts.ledger.income import IncomeLine, defer_income, recognise_deferred, record_income
from receipts.ledger.maker_pay import record_maker_pay, record_maker_payout, take_back_maker_pay
from receipts.ledger.moving import (
    record_exchange,
    record_expense,
    record_fee,
    record_movement,
    record_payout,
    record_transfer,
)
from receipts.ledger.remainders import Left, RefundTooLarge, nearest_to, unrefunded, unrefunded_by_entry

__all__ = [
    "Booked",
    "BookingError",
    "IncomeLine",
    "Rate",
    "Left",
    "RefundTooLarge",
    "account_balance",
    "close_month",
    "defer_income",
    "fund_balance",
    "nearest_to",
    "owed_by_subject",
    "recognise_deferred",
    "record_dispute_lost",
    "record_dispute_reinstated",
    "record_dispute_withdrawn",
    "record_exchange",
    "record_expense",
    "record_fee",
    "record_given_instead",
    "record_income",
    "record_maker_pay",
    "record_maker_payout",
    "record_movement",
    "record_payout",
    "record_refund",
    "record_transfer",
    "reverse",
    "take_back_maker_pay",
    "unrefunded",
    "unrefunded_by_entry",
]
