"""Which payments a pause skips, when it ends, and where the next payment may be moved."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone

from membership.access import access_ends
from membership.models import Gift, Membership, Movement
from payments.intervals import add_months, due_before, first_due_from
from payments.models import Plan

MOST_MONTHS = 12
# How much later than what is paid for the next payment may fall due, in days.
LATER = {"month": 31, "quarter": 62, "year": 62}


def pause_ends(months: int, now: datetime) -> datetime:
    """The end of that day: a payment that is due on it is skipped, whatever its hour."""
    return add_months(timezone.localtime(now), months).replace(hour=23, minute=59, second=59, microsecond=0)


def paused_since(subscription: Membership | Gift) -> datetime | None:
    """When the pause that holds now began."""
    pauses = Movement.objects.filter(subscription_kind=subscription.kind(), subscription_id=subscription.pk)
    last = pauses.filter(kind=Movement.Kind.PAUSE).order_by("-pk").first()
    return last.at if last else None


def is_too_long(subscription: Membership | Gift, plan: Plan, until: datetime) -> bool:
    """A pause that is made longer counts from its beginning."""
    since = paused_since(subscription) if plan.is_paused else None
    return since is not None and until > add_months(since, MOST_MONTHS) + timedelta(days=1)


def skipped(plan: Plan, until: datetime) -> list[datetime]:
    """The payments that fall due before then, and so are not taken."""
    return due_before(plan.current_period_end, plan.interval, until) if plan.current_period_end else []


def first_after(plan: Plan, until: datetime) -> datetime | None:
    """The payment with which it goes on."""
    return first_due_from(plan.current_period_end, plan.interval, until) if plan.current_period_end else None


# -- Another day --------------------------------------------------------------------------------------------


def day_limits(plan: Plan, now: datetime) -> tuple[date, date]:
    """From tomorrow to some weeks after what is paid for: moving it again and again wins nothing."""
    base = plan.paid_until or plan.current_period_end or now
    first = timezone.localdate(now) + timedelta(days=1)
    last = timezone.localdate(base) + timedelta(days=LATER[plan.interval])
    return first, max(first, last)


def moment_on(plan: Plan, day: date) -> datetime:
    """That day, at the hour at which it was paid so far."""
    hour = timezone.localtime(plan.current_period_end or timezone.now())
    return hour.replace(year=day.year, month=day.month, day=day.day)


def gap(subscription: Membership | Gift, to: datetime) -> datetime | None:
    """From when on the benefits rest, if the next payment comes only then."""
    if not isinstance(subscription, Membership):
        return None
    ends = access_ends(subscription.tier, state=subscription.state, paid_until=subscription.paid_until)
    return ends if ends and ends < to else None
