"""What a sponsor owes for gifts that were matched: the statement, and the money when it comes."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone
from django.utils.timezone import localtime

from membership.fundraising.offline import OfflineTerms, record_offline_gift
from membership.models import MatchPool, OfflineGift, SponsorPayment
from receipts.chart import INCOME, in_order
from receipts.exports import Cell
from receipts.models import Entry
from receipts.money import major

HEADER = ("Booked", "Gift", "Given, less what went back", "Matched", "Currency")


class MoreThanOwed(Exception):
    """The sponsor owes less than that; nothing was written."""


@transaction.atomic
def record_payment(
    pool: MatchPool, *, key: uuid.UUID, amount: int, received_on: date, method: str, by: Any
) -> OfflineGift:
    """Book what the sponsor paid as their gift to the campaign: it is promised no more, it is received.

    Told twice with one key, it is booked once. Raises MoreThanOwed.
    """
    terms = OfflineTerms(
        amount=amount,
        currency=pool.currency,
        received_on=received_on,
        method=method,
        fund=pool.campaign.fund_of_gifts(),
        campaign=pool.campaign,
        note="Pays for matched gifts.",
    )
    offline, is_new = record_offline_gift(key=key, payer=pool.sponsor.current(), terms=terms, by=by)
    if is_new:
        owing = MatchPool.objects.filter(pk=pool.pk, paid__lte=F("matched") - amount)
        if not owing.update(paid=F("paid") + amount):
            # The booking vanishes with this transaction.
            raise MoreThanOwed
        SponsorPayment.objects.create(pool=pool, transaction=offline.transaction, amount=amount)
    return offline


def statement_rows(pool: MatchPool) -> Iterator[tuple[Cell, ...]]:
    """One row for each matched gift and the sum of them. Who gave is not the sponsor's to know."""
    total = 0
    for number, occurred_at, given, matched in _by_gift(pool):
        total += matched
        yield (
            localtime(occurred_at),
            number,
            major(given, pool.currency),
            major(matched, pool.currency),
            pool.currency,
        )
    yield ("Matched", "", "", major(total, pool.currency), pool.currency)
    yield ("Paid", "", "", major(pool.paid, pool.currency), pool.currency)
    yield ("As of", localtime(timezone.now()), "", "", "")


def _by_gift(pool: MatchPool) -> Iterator[tuple[int, Any, int, int]]:
    rows = pool.matches.values("payment", "payment__occurred_at").annotate(total=Sum("amount")).order_by("payment")
    matched = [row for row in rows if row["total"]]
    left = _left_of(pool)
    for number, row in enumerate(matched, start=1):
        yield number, row["payment__occurred_at"], left.get(row["payment"], 0), row["total"]


def _left_of(pool: MatchPool) -> dict[int, int]:
    """What is left of each matched gift, in three sums for all of them."""
    ours = pool.matches.values("payment")
    subject, income = pool.campaign.subject, in_order(INCOME)
    left: dict[int, int] = {}
    for link, sign in (("", 1), ("corrects__", -1), ("corrects__corrects__", 1)):
        entries = Entry.objects.filter(**{f"{link}transaction__in": ours, f"{link}subject": subject})
        origin = entries.filter(**{f"{link}corrects": None, f"{link}credit__in": income}).order_by()
        for pk, total in origin.values_list(f"{link}transaction").annotate(total=Sum("amount")):
            left[pk] = left.get(pk, 0) + sign * total
    return left
