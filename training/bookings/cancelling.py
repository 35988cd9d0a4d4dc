"""Giving a seat up: what goes back is said first, by rules that were shown before it was paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from training.bookings import mails, money, wording
from training.bookings.ending import end
from training.models import Enrolment, Session


class CannotCancel(Exception):
    """Nothing was cancelled. The text is a sentence for whoever asked."""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What giving a seat up would mean now. ``amount`` is in minor units of the seat's currency."""

    percent: int
    amount: int
    days_before: int


def days_before(session: Session, at: datetime) -> int:
    """Whole days until the first meeting, by the session's own calendar; below 0 once it has begun."""
    if session.starts_at is None or session.starts_at <= at:
        return -1
    return (session.local(session.starts_at).date() - session.local(at).date()).days


def may_cancel(enrolment: Enrolment, at: datetime) -> bool:
    """By themselves: a seat that is theirs, until the first meeting begins."""
    return enrolment.is_confirmed and enrolment.session.is_open and days_before(enrolment.session, at) >= 0


def terms_of(enrolment: Enrolment, at: datetime) -> Terms:
    rules = enrolment.rules
    days = days_before(enrolment.session, at)
    percent = rules.percent_at(days) if rules and days >= 0 else 0
    return Terms(percent=percent, amount=money.goes_back(enrolment, percent), days_before=days)


def cancel_by_rules(enrolment: Enrolment, at: datetime) -> None:
    """Raises CannotCancel where it has begun, or was cancelled or moved meanwhile."""
    if not may_cancel(enrolment, at):
        raise CannotCancel("This seat can’t be given up any more.")
    cancel(enrolment, ended=Enrolment.Ended.BY_TRAINEE, percent=terms_of(enrolment, at).percent)


@transaction.atomic
def cancel(enrolment: Enrolment, *, ended: str, percent: int, by: Any = None, reason: str = "Seat given up") -> None:
    """End a seat, owe so many percent of what was paid for it, free it for who waits, and tell them.

    ``ended`` is a word of ``Enrolment.Ended``, ``by`` the member of staff. Raises CannotCancel.
    """
    amount = money.goes_back(enrolment, percent)
    if not end(enrolment, ended):
        raise CannotCancel("This seat was given up or moved meanwhile.")
    money.owe_for(enrolment, percent, reason=reason, by=by)
    was_paid = enrolment.booking_id is not None and enrolment.paid > 0
    mails.cancelled(enrolment, wording.money_back(amount, enrolment.currency, was_paid=was_paid))
