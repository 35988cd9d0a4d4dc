"""All that is known of one session, gathered for its page."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import timezone
from wagtail.models import ModelLogEntry

from training.models import Meeting, Session
from training.reports.money import money_of
from training.sessions.opening import why_not_open
from training.sessions.times import span_words
from training.staff.rows import title_of
from training.staff.seen import may_see_roster

LOG_SHOWN = 30
MAY = {
    "may_change": "training.change_session",
    "may_copy": "training.add_session",
    "may_see_money": "training.view_trainingreport",
}


def details_of(session: Session, user: Any) -> dict[str, Any]:
    may = {name: user.has_perm(permission) for name, permission in MAY.items()}
    is_draft = session.state == Session.State.DRAFT
    return {
        **may,
        "session": session,
        "title": title_of(session),
        "days": days_of(session),
        "tickets": session.tickets.prefetch_related("member_prices__group"),
        "trainers": session.trainers.all(),
        "waits": sum(session.waiting.filter(state="waiting").values_list("wanted", flat=True)),
        "missing": why_not_open(session) if is_draft and may["may_change"] else [],
        "is_over": session.ends_at is not None and session.ends_at <= timezone.now(),
        "may_see_roster": may_see_roster(user),
        "money": money_of([session.pk])[session.pk] if may["may_see_money"] else None,
        "currency": settings.REPORTING_CURRENCY,
        "history": history_of(session) if may["may_change"] else [],
    }


def days_of(session: Session) -> list[tuple[Meeting, str]]:
    """Each with when it is, in words."""
    return [(day, span_words(day.starts_at, day.ends_at, session.zone)) for day in session.meetings.all()]


def history_of(session: Session) -> list[ModelLogEntry]:
    """What staff did, newest first."""
    entries = ModelLogEntry.objects.for_instance(session).select_related("user").order_by("-timestamp", "-pk")
    return list(entries[:LOG_SHOWN])
