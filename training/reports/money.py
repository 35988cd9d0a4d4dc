"""What the books say of each session: fees and gifts less what went back, and what it cost.

All by subjects of ledger entries, as they were recorded by a moment. Amounts are minor units of the reporting currency:
what people paid in is booked in it alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Sum

from receipts.chart import COSTS, Account, in_order
from receipts.models import Entry
from receipts.models.ledger import EntryQuerySet
from training.models import Enrolment

# SQLite takes no more keys than this in one question.
MANY = 10_000
EARNED = (Account.COURSE_FEES, Account.EVENT_TICKETS)


@dataclass(kw_only=True)
class SessionMoney:
    """``earned`` is fees and tickets without tax.

    Bursaries are not in here: they move money that was given before, and of one session they would tell who has one.
    """

    earned: int = 0
    gifts: int = 0
    cost: int = 0

    @property
    def left(self) -> int:
        return self.earned + self.gifts - self.cost


def money_of(sessions: Iterable[int], as_of: datetime | None = None) -> dict[int, SessionMoney]:
    """By the key of the session; those without any are in it too. Some queries for each ten thousand seats."""
    found = {pk: SessionMoney() for pk in sessions}
    seats = dict(Enrolment.objects.filter(session__in=found).values_list("pk", "session"))
    for account, subject, amount in _income(seats, as_of):
        name, _, key = subject.partition(":")
        money = found[seats[int(key)]]
        if name == "enrolment" and account in EARNED:
            money.earned += amount
        elif account == Account.GIFTS:
            money.gifts += amount
    for subject, amount in _costs(found, as_of):
        found[int(subject.partition(":")[2])].cost += amount
    return found


def _income(seats: Iterable[int], as_of: datetime | None) -> Iterator[tuple[str, str, int]]:
    """Account, subject and amount: what came in, and, below zero, what went back."""
    subjects = [f"{name}:{pk}" for pk in seats for name in ("enrolment", "enrolmentgift")]
    for some in _in_parts(subjects):
        entries = _entries(some, as_of)
        for side, sums, sign in (("credit", entries.income(), 1), ("debit", entries.income_taken_back(), -1)):
            for account, subject, total in sums.values_list(side, "subject").annotate(total=Sum("amount")):
                yield account, subject, sign * total


def _costs(sessions: Iterable[int], as_of: datetime | None) -> Iterator[tuple[str, int]]:
    """Expenses that were booked for a session, by their subject."""
    costs = in_order(COSTS)
    for some in _in_parts([f"session:{pk}" for pk in sessions]):
        for side, sign in (("debit", 1), ("credit", -1)):
            sums = _entries(some, as_of).filter(**{f"{side}__in": costs})
            for subject, total in sums.values_list("subject").annotate(total=Sum("amount")):
                yield subject, sign * total


def _entries(subjects: list[str], as_of: datetime | None) -> EntryQuerySet:
    ours = Entry.objects.filter(subject__in=subjects, currency=settings.REPORTING_CURRENCY)
    return ours.recorded_by(as_of).order_by()


def _in_parts(subjects: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(subjects), MANY):
        yield subjects[start : start + MANY]
