"""Payouts: from Stripe's balance to the bank, and the proof that the lines add up."""

from __future__ import annotations

from dataclasses import dataclass

import stripe

from payments import gateway
from payments.balance import remember_line
from payments.issues import close_issue, open_issue
from payments.mirror.ours import at, maybe_at
from payments.models import Payout
from receipts import ledger


@dataclass(frozen=True)
class Reading:
    payout: stripe.Payout
    lines: list[stripe.BalanceTransaction]


def read(payout_id: str) -> Reading:
    payout = gateway.read_payout(payout_id)
    can_itemise = payout.automatic and payout.reconciliation_status == "completed"
    return Reading(payout, list(gateway.balance_lines(payout=payout_id)) if can_itemise else [])


def apply(reading: Reading) -> None:
    remote = reading.payout
    payout, _ = Payout.objects.update_or_create(
        payout_id=remote.id,
        defaults={
            "amount": remote.amount,
            "currency": remote.currency.upper(),
            "status": remote.status[:60],
            "automatic": remote.automatic,
            "arrival_at": maybe_at(remote.arrival_date),
            "created": at(remote.created),
        },
    )
    _book(payout)
    _itemise(payout, reading)


def _book(payout: Payout) -> None:
    """The money leaves Stripe's balance when the payout is made, and comes back when it fails."""
    booked, _ = ledger.record_payout(
        reference=f"stripe:{payout.payout_id}",
        amount=payout.amount,
        currency=payout.currency,
        occurred_at=payout.created,
        subject=f"payout:{payout.payout_id}",
    )
    if payout.status in {"failed", "canceled"}:
        ledger.reverse(booked, reference=f"stripe:{payout.payout_id}:failed", occurred_at=payout.created)


def _itemise(payout: Payout, reading: Reading) -> None:
    if not reading.payout.automatic:
        open_issue("payout_not_itemised", payout.payout_id, f"{payout.payout_id} was made by hand.")
        return
    if not reading.lines:
        return
    for line in reading.lines:
        remember_line(line, payout=payout)
    # A payout's own line is in its list, with the sum of the others negated.
    payout.lines_total = sum(line.net for line in reading.lines if line.type not in {"payout", "payout_failure"})
    payout.save(update_fields=["lines_total"])
    if payout.difference:
        open_issue(
            "payout_differs",
            payout.payout_id,
            f"{payout.payout_id} is {payout.amount}, its lines are {payout.lines_total} {payout.currency} "
            "(minor units).",
        )
    else:
        close_issue("payout_differs", payout.payout_id)
