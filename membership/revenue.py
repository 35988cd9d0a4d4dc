"""Recurring revenue: as it stands now, and replayed from the log of movements for any moment.

It is what supporters will be asked for again: subscriptions that are active, or behind with a payment that is still
being tried. Paused ones and those that end are not in it, nor is what is given once. All figures are minor units a
*year*, per currency, so that monthly, quarterly and yearly amounts add up exactly; a month's is a twelfth.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.db.models import Case, F, QuerySet, Sum, When

from membership.models import Gift, Membership, Movement
from payments.intervals import PER_YEAR
from receipts.months import next_month
from receipts.triggers import is_guarded

Kind = Movement.Kind


def live() -> dict[str, int]:
    """From the subscriptions themselves."""
    sums: dict[str, int] = defaultdict(int)
    for rows in (Membership.objects.counted(), Gift.objects.counted()):
        for currency, total in _by_currency(rows):
            sums[currency] += total
    return dict(sums)


def _by_currency(rows: QuerySet[Membership] | QuerySet[Gift]) -> Iterator[tuple[str, int]]:
    in_a_year = Case(*(When(interval=word, then=F("amount") * times) for word, times in PER_YEAR.items()))
    yield from rows.order_by().values_list("currency").annotate(total=Sum(in_a_year))


def replayed(at: datetime) -> dict[str, int]:
    """From the log: every change up to a moment, added up."""
    return _summed(Movement.objects.filter(at__lte=at))


def _summed(movements: QuerySet[Movement]) -> dict[str, int]:
    rows = movements.order_by().values_list("currency").annotate(total=Sum(F("after") - F("before")))
    return {currency: total for currency, total in rows if total}


def problems() -> Iterator[str]:
    """Where the log and the subscriptions disagree, in words; for ``check_books``."""
    if not is_guarded(connection, Movement._meta.db_table):
        yield "The log of movements can be edited: its triggers are missing. Run migrate."
    now, logged = live(), _summed(Movement.objects.all())
    for currency in sorted(now.keys() | logged.keys()):
        if now.get(currency, 0) != logged.get(currency, 0):
            yield (
                f"Recurring revenue is {now.get(currency, 0)} {currency} a year (minor units) by the subscriptions, "
                f"and {logged.get(currency, 0)} by the log of movements."
            )


@dataclass(kw_only=True)
class Month:
    """What one month did to the recurring revenue of one currency. Minor units a year."""

    month: int
    currency: str
    start: int
    changes: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def end(self) -> int:
        return self.start + sum(self.changes.values())

    @property
    def recovered(self) -> int:
        """How many payments that had failed came after all."""
        return self.counts[Kind.RECOVERY]


def by_month(first: int, last: int) -> dict[str, list[Month]]:
    """For each currency every month from ``first`` to ``last`` (such as 202611), in order. One query and a sum."""
    start = _beginning(first)
    currencies = replayed(start)
    rows = Movement.objects.filter(at__gte=start, at__lt=_beginning(next_month(last)))
    moves: dict[tuple[str, int], list[tuple[str, int]]] = defaultdict(list)
    for kind, at, before, after, currency in rows.values_list("kind", "at", "before", "after", "currency"):
        local = at.astimezone(ZoneInfo(settings.TIME_ZONE))
        moves[(currency, local.year * 100 + local.month)].append((kind, after - before))
        currencies.setdefault(currency, 0)
    return {
        currency: list(_months(currency, sum_, first, last, moves)) for currency, sum_ in sorted(currencies.items())
    }


def _months(
    currency: str, start: int, first: int, last: int, moves: dict[tuple[str, int], list[tuple[str, int]]]
) -> Iterator[Month]:
    month = first
    while month <= last:
        row = Month(month=month, currency=currency, start=start)
        for kind, change in moves.get((currency, month), []):
            row.changes[kind] += change
            row.counts[kind] += 1
        yield row
        start, month = row.end, next_month(month)


def _beginning(month: int) -> datetime:
    """The first moment of a month where the organisation is."""
    return datetime.combine(date(month // 100, month % 100, 1), time.min, tzinfo=ZoneInfo(settings.TIME_ZONE))
