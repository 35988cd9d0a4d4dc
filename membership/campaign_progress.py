"""How far campaigns got. What is received comes from the books; what is only promised is counted apart.

A fixed number of queries, for one campaign as for a list of them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, F, QuerySet, Sum, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.timezone import localdate

from membership.models import Campaign, Gift, MatchPool, Pledge
from receipts.chart import INCOME, in_order
from receipts.models import Entry

# Below this, a number says too much about each of them.
FEW = 5
# The bar is drawn in thousandths of its width.
WHOLE = 1000


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Amounts in minor units of ``currency``. ``goal`` and ``reached`` are an amount or a number of people."""

    goal_kind: str
    goal: int
    currency: str
    # Income less refunds and lost disputes, offline gifts among it.
    settled: int
    # The same in other currencies: never added up.
    others: tuple[tuple[int, str], ...] = ()
    donors: int = 0
    new_monthly: int = 0
    # What sponsors have matched and not paid, and what others promised.
    pledged: int = 0
    matched: int = 0
    # None without a deadline; 0 on the last day.
    days_left: int | None = None
    is_over: bool = False

    @property
    def is_for_money(self) -> bool:
        return self.goal_kind == Campaign.Goal.AMOUNT

    @property
    def reached(self) -> int:
        return {"amount": self.settled, "donors": self.donors}.get(self.goal_kind, self.new_monthly)

    @property
    def percent(self) -> int:
        """Rounded down: 100 is said when it is reached, not before."""
        return max(self.reached, 0) * 100 // self.goal

    @property
    def is_reached(self) -> bool:
        return self.reached >= self.goal

    @property
    def width(self) -> int:
        return min(max(self.reached, 0) * WHOLE // self.goal, WHOLE)

    @property
    def pledged_width(self) -> int:
        return min(self.pledged * WHOLE // self.goal, WHOLE - self.width) if self.is_for_money else 0

    @property
    def few_donors(self) -> bool:
        return 0 < self.donors < FEW


def progress(campaign: Campaign, as_of: datetime | None = None) -> Progress:
    """``as_of`` leaves out what was booked later; what is promised is always what is promised now."""
    return progress_of([campaign], as_of)[campaign.pk]


def progress_of(campaigns: Iterable[Campaign], as_of: datetime | None = None) -> dict[int, Progress]:
    campaigns = list(campaigns)
    settled = _settled(campaigns, as_of)
    donors = _donors(campaigns, as_of)
    monthly = _new_monthly(campaigns)
    matched, owed = _matched(campaigns)
    pledged = _pledged(campaigns)
    return {
        one.pk: Progress(
            goal_kind=one.goal_kind,
            goal=(one.goal_amount if one.goal_kind == Campaign.Goal.AMOUNT else one.goal_count) or 1,
            currency=one.currency,
            settled=settled[one.subject].get(one.currency, 0),
            others=tuple(
                (amount, other)
                for other, amount in sorted(settled[one.subject].items())
                if _is_other(one, other, amount)
            ),
            donors=donors[one.subject],
            new_monthly=monthly[one.pk],
            pledged=owed[one.pk] + pledged[one.pk],
            matched=matched[one.pk],
            days_left=days_left(one, as_of),
            is_over=bool(one.ends_at and one.ends_at <= (as_of or timezone.now())),
        )
        for one in campaigns
    }


def _is_other(campaign: Campaign, currency: str, amount: int) -> bool:
    return currency != campaign.currency and amount > 0


def days_left(campaign: Campaign, as_of: datetime | None = None) -> int | None:
    """By the organisation's calendar; an end at midnight is the end of the day before."""
    if campaign.ends_at is None:
        return None
    last_day = localdate(campaign.ends_at - timedelta(microseconds=1))
    return max((last_day - localdate(as_of or timezone.now())).days, 0)


def entries_of(campaigns: Iterable[Campaign], as_of: datetime | None = None) -> QuerySet[Entry]:
    """What the books say of these campaigns, each entry with its ``net``: income counts up, what took it back down."""
    income = in_order(INCOME)
    net = Case(When(credit__in=income, then=F("amount")), When(debit__in=income, then=-F("amount")), default=0)
    entries = Entry.objects.recorded_by(as_of).filter(subject__in=[one.subject for one in campaigns])
    return entries.annotate(net=net).order_by()


def _settled(campaigns: list[Campaign], as_of: datetime | None) -> dict[str, dict[str, int]]:
    sums: dict[str, dict[str, int]] = defaultdict(dict)
    rows = entries_of(campaigns, as_of).values("subject", "currency").annotate(total=Sum("net"))
    for subject, currency, total in rows.values_list("subject", "currency", "total"):
        sums[subject][currency] = total
    return sums


def _donors(campaigns: list[Campaign], as_of: datetime | None) -> Counter[str]:
    """People and organisations of whose money something is left; those that were merged are one."""
    who = Coalesce("transaction__payer__merged_into", "transaction__payer")
    rows = entries_of(campaigns, as_of).annotate(who=who).values("subject", "who").annotate(total=Sum("net"))
    return Counter(rows.filter(total__gt=0, who__isnull=False).values_list("subject", flat=True))


def _new_monthly(campaigns: list[Campaign]) -> Counter[int]:
    """Recurring gifts by the month that began with a campaign and still run, each giver once."""
    who = Coalesce("payer__merged_into", "payer")
    gifts = Gift.objects.counted().filter(campaign__in=campaigns, interval="month")
    begun = gifts.filter(started_at__gte=F("campaign__starts_at")).annotate(who=who).order_by()
    return Counter(row[0] for row in begun.values_list("campaign", "who").distinct())


def _matched(campaigns: list[Campaign]) -> tuple[Counter[int], Counter[int]]:
    matched: Counter[int] = Counter()
    owed: Counter[int] = Counter()
    for pool in MatchPool.objects.filter(campaign__in=campaigns):
        matched[pool.campaign_id] += pool.matched
        owed[pool.campaign_id] += pool.owed
    return matched, owed


def _pledged(campaigns: list[Campaign]) -> Counter[int]:
    promised: Any = Pledge.objects.filter(campaign__in=campaigns, state=Pledge.State.OPEN).order_by()
    return Counter(dict(promised.values_list("campaign").annotate(total=Sum("amount"))))
