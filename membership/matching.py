"""What sponsors add to gifts: drawn in the transaction that books the gift, given back in the one that books a refund.

Nothing here calls anybody, and nothing here may keep a payment from being booked.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError, transaction
from django.db.models import Exists, F, OuterRef, Q, Sum
from django.utils import timezone

from membership.models.matches import Match, MatchPool, SponsorPayment
from receipts import ledger
from receipts.chart import INCOME
from receipts.models import Entry, Payer, Transaction

if TYPE_CHECKING:
    from membership.models.campaigns import Campaign

log = logging.getLogger(__name__)

# How far back the clock looks for a gift whose match was missed.
LOOKS_BACK = timedelta(days=30)


def follow_safely(because: Transaction | None) -> Match | None:
    """``follow``, from where money is booked: whatever is wrong here, the booking stands. The clock tries again."""
    if because is None:
        return None
    try:
        with transaction.atomic():
            return follow(because)
    except DatabaseError:
        log.exception("The match for transaction %s waits for the clock.", because.pk)
        return None


@transaction.atomic
def follow(because: Transaction) -> Match | None:
    """Bring the match of a gift up to what was just booked: the gift, its refund, or a refund that failed.

    Doing it again does nothing. None where no sponsor is asked.
    """
    if earlier := Match.objects.filter(because=because).first():
        return earlier
    _follow_sponsor(because)
    payment = _gift_behind(because)
    subject = _campaign_subject(payment)
    pool = subject and _pool_for(payment, subject, is_new=payment == because)
    if not pool:
        return None
    held = Match.objects.filter(payment=payment).aggregate(s=Sum("amount"))["s"] or 0
    due = pool.due_for(_left_of(payment, subject))
    change = _change(because, payment, difference=due - held)
    if change > 0:
        change = MatchPool.objects.take(pool, change)
    elif change < 0:
        MatchPool.objects.put_back(pool, -change)
    return Match.objects.create(pool=pool, payment=payment, because=because, amount=change)


def _follow_sponsor(because: Transaction) -> None:
    """A sponsor's payment that was booked by mistake is owed again."""
    if because.reverses_id is None:
        return
    standing = SponsorPayment.objects.filter(transaction_id=because.reverses_id, undone_by=None)
    found = standing.first()
    if found and standing.update(undone_by=because):
        MatchPool.objects.filter(pk=found.pool_id).update(paid=F("paid") - found.amount)


def _change(because: Transaction, payment: Transaction, *, difference: int) -> int:
    if because == payment:
        return difference
    if because.reverses_id in (None, payment.pk):
        # Something went back. What others have freed meanwhile is not this gift's.
        return min(difference, 0)
    given_back = Match.objects.filter(because_id=because.reverses_id).aggregate(s=Sum("amount"))["s"] or 0
    return max(min(difference, -given_back), 0)


def _gift_behind(because: Transaction) -> Transaction:
    """The payment that a refund takes from, or that the reversal of a refund gives back to; else itself."""
    entry = because.entries.exclude(subject="").select_related("corrects__corrects").order_by("pk").first()
    while entry and entry.corrects:
        entry = entry.corrects
    return entry.transaction if entry and entry.transaction_id != because.pk else because


def _campaign_subject(payment: Transaction) -> str:
    entries = payment.entries.filter(subject__startswith="campaign:", corrects=None)
    return entries.values_list("subject", flat=True).first() or ""


def _left_of(payment: Transaction, subject: str) -> int:
    rests = ledger.unrefunded_by_entry(payment)
    return sum(rest for entry, rest in rests if entry.subject == subject and entry.credit in INCOME)


def _pool_for(payment: Transaction, subject: str, *, is_new: bool) -> MatchPool | None:
    """The pool that this gift drew from; for a new gift the first open one with something left, else a spent one."""
    if not is_new:
        row = Match.objects.filter(payment=payment).select_related("pool__campaign").first()
        return row.pool if row else None
    campaign_id = int(subject.partition(":")[2])
    pools = list(_open_pools(payment.occurred_at).filter(campaign_id=campaign_id).exclude(_own(payment.payer)))
    currency = payment.entries.filter(subject=subject).values_list("currency", flat=True)[0]
    pools = [pool for pool in pools if pool.currency == currency]
    return next((pool for pool in pools if pool.left), pools[0] if pools else None)


def _own(payer: Payer | None) -> Q:
    """Pools of the giver: what sponsors give themselves, they do not match."""
    same = Payer.objects.same_as(payer) if payer else Payer.objects.none()
    return Q(sponsor__in=same)


def _open_pools(at: datetime) -> Any:
    return MatchPool.objects.open(at).select_related("campaign")


def matched_for(payment: Transaction) -> tuple[int, MatchPool | None]:
    """What sponsors add to this gift, and whose promise it was; (0, None) where nobody was asked."""
    rows = list(Match.objects.filter(payment=payment).select_related("pool__campaign"))
    return sum(row.amount for row in rows), rows[0].pool if rows else None


def open_pool(campaign: Campaign, at: datetime | None = None) -> MatchPool | None:
    """The pool that would match a gift of this moment: it has something left. What pages may promise."""
    pools = _open_pools(at or timezone.now()).filter(campaign=campaign, matched__lt=F("cap"))
    return pools.first() if campaign.takes_gifts(at) else None


def promise(campaign: Campaign | None, given: int) -> tuple[int, MatchPool | None]:
    """What would be added to a gift if it were paid now: said before paying, promised to nobody."""
    pool = open_pool(campaign) if campaign else None
    return (min(pool.due_for(given), pool.left), pool) if pool else (0, None)


# -- By the clock -------------------------------------------------------------------------------------------


def catch_up() -> int:
    """Match what was booked by somebody who did not ask us, or when something was wrong. In the order of booking."""
    done = 0
    for missed in _missed():
        done += bool(follow_safely(missed))
    return done


def _missed() -> Iterator[Transaction]:
    since = timezone.now() - LOOKS_BACK
    subjects = [f"campaign:{pk}" for pk in MatchPool.objects.values_list("campaign", flat=True).distinct()]
    ours = Entry.objects.filter(transaction=OuterRef("pk"), subject__in=subjects)
    asked = Match.objects.filter(because=OuterRef("pk"))
    recent = Transaction.objects.filter(~Exists(asked), Exists(ours), recorded_at__gte=since)
    yield from recent.order_by("pk")


def problems() -> Iterator[str]:
    """What of the sponsors' sums does not hold."""
    paid = dict(_standing_payments())
    for pool in MatchPool.objects.annotate(summed=Sum("matches__amount")):
        if (pool.summed or 0) != pool.matched:
            yield f"Match pool {pool.pk} says that it matched {pool.matched}, its matches sum to {pool.summed or 0}."
        if paid.get(pool.pk, 0) != pool.paid:
            yield f"Match pool {pool.pk} says that {pool.paid} is paid, its payments sum to {paid.get(pool.pk, 0)}."


def _standing_payments() -> Any:
    standing = SponsorPayment.objects.filter(undone_by=None).order_by()
    return standing.values_list("pool").annotate(total=Sum("amount"))
