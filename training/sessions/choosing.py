"""We cancelled: who has a seat takes their money back, moves to another session, or leaves the money as a gift.

Who says nothing for two weeks gets it back by itself.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from payments.given_instead import NothingToGive
from payments.given_instead import give_instead as leave_as_gift
from training.bookings import mails
from training.bookings.cancelling import CannotCancel, cancel
from training.bookings.ending import end
from training.bookings.money import lines_left, payment_of
from training.models import Enrolment, Session

DAYS_TO_CHOOSE = 14
REASON = "Session cancelled by us"
TOO_LATE = "This was chosen already."


def must_choose(enrolment: Enrolment) -> bool:
    return enrolment.is_confirmed and enrolment.session.state == Session.State.CANCELLED


def can_be_given(enrolment: Enrolment) -> int:
    """What of the fee could be left as a gift, tax included; what was given with it is a gift already."""
    return sum(left.gross for left in lines_left(enrolment) if left.line.subject == enrolment.subject)


def take_money_back(enrolment: Enrolment) -> None:
    """All that was paid for the seat goes back, whatever the rules say. Raises CannotCancel."""
    if not must_choose(enrolment):
        raise CannotCancel(TOO_LATE)
    cancel(enrolment, ended=Enrolment.Ended.SESSION, percent=100, reason=REASON)


@transaction.atomic
def give_instead(enrolment: Enrolment, at: datetime) -> None:
    """Leave what was paid as a gift of today. Raises CannotCancel."""
    payment = payment_of(enrolment)
    if payment is None or not must_choose(enrolment) or not end(enrolment, Enrolment.Ended.SESSION):
        raise CannotCancel(TOO_LATE)
    try:
        leave_as_gift(
            payment,
            enrolment.subject,
            reference=f"given:{enrolment.subject}",
            gift_subject=enrolment.gift_subject,
            at=at,
        )
    except NothingToGive as nothing:
        raise CannotCancel("What was paid went back already, or is on its way.") from nothing
    mails.given_instead(enrolment)


def settle_silence() -> int:
    """The scheduled job: who has not chosen in time gets their money back. Returns for how many seats."""
    over = timezone.now() - timedelta(days=DAYS_TO_CHOOSE)
    silent = Enrolment.objects.confirmed().filter(session__state=Session.State.CANCELLED)
    settled = 0
    for enrolment in silent.filter(session__cancelled_at__lte=over).select_related("session__page", "ticket"):
        try:
            take_money_back(enrolment)
        except CannotCancel:
            continue
        settled += 1
    return settled
