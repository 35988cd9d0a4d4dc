"""The report of bursaries: how many asked, what was decided, and what the fund paid. It counts, and names nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Count, Q, Sum

from training.bursaries.awards import free_in
from training.models import Application, Award, BursarySettings

State = Application.State


@dataclass(frozen=True, kw_only=True)
class BursaryUse:
    """Amounts are minor units of ``currency``. ``left`` is what can be awarded now; None where no fund is chosen."""

    applied: int
    approved: int
    declined: int
    withdrawn: int
    seats: int
    amount: int
    left: int | None
    currency: str


def bursary_use(starts: datetime, ends: datetime) -> BursaryUse:
    """Of the time from ``starts`` up to, but not including, ``ends``: what was sent, decided and released in it."""
    decided = Q(decided_at__gte=starts, decided_at__lt=ends)
    sent = Q(submitted_at__gte=starts, submitted_at__lt=ends)
    counted = Application.objects.aggregate(
        applied=Count("pk", filter=sent),
        # Also where the applicant withdrew before paying the rest: that was approved all the same.
        approved=Count("pk", filter=decided & Q(award__isnull=False)),
        declined=Count("pk", filter=decided & Q(state=State.DECLINED)),
        withdrawn=Count("pk", filter=sent & Q(state=State.WITHDRAWN)),
    )
    currency = settings.REPORTING_CURRENCY
    released = Award.objects.filter(
        transaction__occurred_at__gte=starts, transaction__occurred_at__lt=ends, ended_at=None, currency=currency
    )
    paid = released.aggregate(seats=Count("pk"), amount=Sum("amount"))
    fund = BursarySettings.load().fund
    return BursaryUse(
        **counted,
        seats=paid["seats"],
        amount=paid["amount"] or 0,
        left=free_in(fund, currency) if fund else None,
        currency=currency,
    )
