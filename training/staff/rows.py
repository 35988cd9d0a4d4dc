"""What a row of the sessions' listing shows, in a constant number of queries."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.formats import date_format

from training.models import Session, WaitingEntry
from training.reports.money import money_of

NO_DATE = "No date yet"


def listed(sessions: QuerySet[Session]) -> QuerySet[Session]:
    """``waits`` counts the seats that people wait for."""
    entries = WaitingEntry.objects.filter(session=OuterRef("pk"), state=WaitingEntry.State.WAITING).order_by()
    waits = entries.values("session").annotate(total=Sum("wanted")).values("total")
    return sessions.select_related("page").annotate(
        waits=Coalesce(Subquery(waits, output_field=IntegerField()), 0), days=Count("meetings", distinct=True)
    )


def title_of(session: Session) -> str:
    return f"{session.page.title}, {session.name}" if session.name else session.page.title


def when(session: Any) -> str:
    """The first day as the session's clocks show it, and how many more follow."""
    if session.starts_at is None:
        return NO_DATE
    starts = session.local(session.starts_at)
    more = f", {session.days} days" if session.days > 1 else ""
    return f"{date_format(starts, 'D j M Y, H:i')} {starts.tzname()}{more}"


def seats_of(session: Session) -> str:
    return f"{session.taken} of {session.seats}"


def with_money(sessions: Any) -> None:
    """What each of a page's rows earned, as the books say."""
    money = money_of(session.pk for session in sessions)
    for session in sessions:
        session.currency = settings.REPORTING_CURRENCY
        session.income = money[session.pk].earned + money[session.pk].gifts
