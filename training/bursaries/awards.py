"""What the bursary fund pays of seats: promised with the decision, released in the books with the seat, and the fund's
again when the seat is given up before its session begins. A transfer between funds, never a fee.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from receipts.ledger import fund_balance, record_transfer, reverse
from receipts.models import Fund

if TYPE_CHECKING:
    from training.models import Application, Award, Enrolment


class FundTooSmall(Exception):
    """The fund has not so much left. ``free`` says how much, in minor units."""

    def __init__(self, free: int) -> None:
        super().__init__(free)
        self.free = free


def free_in(fund: Fund, currency: str) -> int:
    """What can still be awarded: what the fund holds, less what is promised and not released yet."""
    # Promises first: one that is released between the two queries is then taken off twice, and never not at all.
    promised = _awards().filter(fund=fund, currency=currency, transaction=None, ended_at=None)
    sum_of_promises = promised.aggregate(s=Sum("amount"))["s"] or 0
    return fund_balance(fund, currency=currency) - sum_of_promises


@transaction.atomic
def promise(application: Application, fund: Fund, amount: int, *, by: Any, override_reason: str = "") -> Award:
    """Set so much of the fund apart for a seat. Raises FundTooSmall, unless whoever may says why it shall be so."""
    currency = application.enrolment.currency
    # Of two who award at once, one waits; SQLite lets only one write in the first place.
    fund = Fund.objects.select_for_update().get(pk=fund.pk)
    free = free_in(fund, currency)
    is_short = amount > free
    if is_short and not (override_reason and by.has_perm("training.overdraw_bursaries")):
        raise FundTooSmall(free)
    award: Award = _awards().create(
        application=application,
        fund=fund,
        amount=amount,
        currency=currency,
        override_reason=override_reason if is_short else "",
    )
    return award


@transaction.atomic
def release(enrolment: Enrolment) -> None:
    """The seat is booked: the money promised for it leaves the bursary fund. Without an award, nothing happens."""
    award = _live_award(enrolment)
    if award is None or award.transaction_id:
        return
    booked, _ = record_transfer(
        reference=f"award:{award.pk}",
        amount=award.amount,
        currency=award.currency,
        giver=award.fund,
        receiver=Fund.unrestricted(),
        occurred_at=timezone.now(),
    )
    _awards().filter(pk=award.pk).update(transaction=booked)


@transaction.atomic
def end(enrolment: Enrolment) -> None:
    """The seat is given up or taken back: what was set apart or released for it is the fund's again.

    What was released stays released once the session has begun: the seat was kept for that trainee alone.
    """
    award = _live_award(enrolment)
    if award is None or (award.transaction_id and _has_begun(enrolment)):
        return
    now = timezone.now()
    if award.transaction:
        reverse(award.transaction, reference=f"award:{award.pk}:ended", occurred_at=now)
    _awards().filter(pk=award.pk).update(ended_at=now)


def _has_begun(enrolment: Enrolment) -> bool:
    session = enrolment.session
    begins = session.starts_at
    return session.state != session.State.CANCELLED and begins is not None and begins <= timezone.now()


def _live_award(enrolment: Enrolment) -> Award | None:
    """Whoever changes an award holds its row."""
    held = _awards().select_for_update(of=("self",)).filter(application__enrolment=enrolment.pk, ended_at=None)
    award: Award | None = held.first()
    return award


def _awards() -> Any:
    return apps.get_model("training", "Award").objects.all()
