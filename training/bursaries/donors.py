"""What people learn whose gifts paid seats: how many. Never whose, of which course, or when, but for the year."""

from __future__ import annotations

from collections import Counter
from datetime import date
from fractions import Fraction

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.sections import AccountSection
from receipts.account import payers_of
from receipts.chart import Account
from receipts.models import Entry
from receipts.months import month_of
from training.bursaries.spending import seats_by_payer
from training.models import Award, BursarySettings

# Of fewer, a figure that grows tells when somebody was helped.
FEWEST = 5


def section(request: HttpRequest) -> AccountSection | None:
    """On the account page of whoever gave to the bursary fund."""
    fund = BursarySettings.load().fund
    if fund is None:
        return None
    mine = set(payers_of(request.user).values_list("pk", flat=True))
    gave = Entry.objects.filter(fund=fund, credit=Account.GIFTS, corrects=None, transaction__payer__in=mine)
    if not gave.exists():
        return None
    seats = seats_paid_by(mine, timezone.localdate())
    context = {"seats": int(seats), "has_helped": seats > 0}
    return AccountSection(
        order=45, title="Seats that your gifts paid", template_name="training/bursaries/account.html", context=context
    )


def seats_paid_by(payers: set[int], today: date) -> Fraction:
    """How many seats these payers' gifts paid, in the years that may be told."""
    fund = BursarySettings.load().fund
    if fund is None:
        return Fraction(0)
    by_payer = seats_by_payer(fund)
    told = years_told(today)
    return sum(
        (seats for payer in payers for year, seats in by_payer.get(payer, {}).items() if year in told), Fraction(0)
    )


def years_told(today: date) -> set[int]:
    """Years that are over, and this one once so many seats were paid that one more tells nothing of anybody."""
    moments = paid_seats().values_list("transaction__occurred_at", flat=True)
    number = Counter(month_of(moment) // 100 for moment in moments if moment)
    return {year for year, seats in number.items() if year < today.year or seats >= FEWEST}


def seats_paid() -> int | None:
    """For the public: how many seats bursaries have paid; None as long as they are few."""
    number = paid_seats().count()
    return number if number >= FEWEST else None


def paid_seats() -> QuerySet[Award]:
    return Award.objects.filter(transaction__isnull=False, ended_at=None)
