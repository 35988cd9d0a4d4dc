"""Payouts to makers: drawn up from what is owed, then paid by a person and booked; or thrown away before."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone

from receipts.ledger import record_maker_payout
from shop.makers.pay import PREFIX, owed_by_maker, unsettled
from shop.models import Maker, MakerPayout, MakerPayoutLine, SettledEntry


class PayoutRefused(Exception):
    """Nothing was written. The text is a sentence for staff."""


def to_pay(currency: str) -> list[tuple[Maker, int]]:
    """Whom a payout could pay now, and what: everybody with something unpaid that is in no payout."""
    sums = unsettled().filter(currency=currency).order_by().values_list("subject").annotate(s=Sum("worth"))
    worth = {int(subject.removeprefix(PREFIX)): total for subject, total in sums if total > 0}
    return [(maker, worth[maker.pk]) for maker in Maker.objects.filter(pk__in=worth).order_by("alias")]


@transaction.atomic
def draw_up(*, makers: Collection[Maker], currency: str, by: Any) -> MakerPayout:
    """A draft that pays these makers all that is theirs. Raises PayoutRefused while another draft waits."""
    chosen = {maker.subject: maker for maker in makers}
    try:
        with transaction.atomic():
            payout = MakerPayout.objects.create(currency=currency, created_by=by)
    except IntegrityError as error:
        raise PayoutRefused("A payout is waiting already: say that it is paid, or throw it away.") from error
    entries: dict[str, list[Any]] = {subject: [] for subject in chosen}
    for entry in unsettled().filter(currency=currency, subject__in=chosen).order_by("pk"):
        entries[entry.subject].append(entry)
    lines = [_line(payout, maker, entries[subject]) for subject, maker in chosen.items()]
    if not any(lines):
        raise PayoutRefused("None of these makers is owed anything now.")
    return payout


def _line(payout: MakerPayout, maker: Maker, entries: list[Any]) -> MakerPayoutLine | None:
    amount = sum(entry.worth for entry in entries)
    if amount <= 0:
        return None
    line = MakerPayoutLine.objects.create(payout=payout, maker=maker, amount=amount)
    SettledEntry.objects.bulk_create([SettledEntry(line=line, entry_id=entry.pk) for entry in entries])
    return line


@transaction.atomic
def throw_away(payout: MakerPayout) -> bool:
    """Draw it up anew later: what it would have paid for is open again. A paid one stays."""
    drafts = MakerPayout.objects.select_for_update().filter(pk=payout.pk, state=MakerPayout.State.DRAFT)
    draft = drafts.first()
    return bool(draft and draft.delete()[0])


@transaction.atomic
def say_paid(payout: MakerPayout, *, paid_on: date, method: str, by: Any) -> bool:
    """Book that the makers got their money on that day. False when it was said before.

    Raises PayoutRefused when a maker is owed less by now, because something came back meanwhile.
    """
    # Read again and locked: somebody else may say so, or throw it away, at this moment.
    found = MakerPayout.objects.select_for_update(of=("self",)).filter(pk=payout.pk).first()
    if found is None:
        raise PayoutRefused("Somebody has thrown this payout away. Nothing was booked.")
    payout = found
    if payout.state == MakerPayout.State.PAID:
        return False
    lines = list(payout.lines.select_related("maker"))
    owed = owed_by_maker()
    if short := [line.maker.alias for line in lines if owed.get((line.maker_id, payout.currency), 0) < line.amount]:
        raise PayoutRefused(
            f"Something came back meanwhile, and less is owed to {', '.join(short)}. "
            "Throw this payout away and draw it up anew."
        )
    booked, _ = record_maker_payout(
        reference=f"makerpayout:{payout.pk}",
        parts=[(line.maker.subject, line.amount) for line in lines],
        currency=payout.currency,
        paid_from=method,
        occurred_at=noon_of(paid_on),
    )
    payout.state, payout.method, payout.paid_on = MakerPayout.State.PAID, method, paid_on
    payout.paid_by, payout.transaction = by, booked
    payout.save(update_fields=["state", "method", "paid_on", "paid_by", "transaction"])
    return True


def noon_of(day: date) -> datetime:
    """A bank knows days only: noon where the books are kept, and never later than now."""
    return min(datetime.combine(day, time(12), ZoneInfo(settings.TIME_ZONE)), timezone.now())
