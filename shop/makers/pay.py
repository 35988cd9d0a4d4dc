"""What makers are owed, as the books say, and what of it no payout pays for yet. Amounts are minor units."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Case, F, Q, QuerySet, Sum, When
from django.db.models.functions import Coalesce

from receipts.chart import HELD, Account, in_order
from receipts.ledger import owed_by_subject
from receipts.models import Entry
from shop.models import MakerPayoutLine, SettledEntry

PREFIX = "maker:"


def owed_by_maker(*, as_of: datetime | None = None) -> dict[tuple[int, str], int]:
    """What each maker is owed, by maker and currency, as the books say. Below zero: paid for what came back since."""
    owed = owed_by_subject(Account.MAKER_PAY_OWED, as_of=as_of)
    return {
        (int(subject.removeprefix(PREFIX)), currency): amount
        for (subject, currency), amount in owed.items()
        if amount and subject.startswith(PREFIX)
    }


def earned() -> QuerySet[Entry]:
    """Entries that change what makers are owed, each with `worth`: what was sold, came back, or was not paid out
    after all. Payouts themselves are none."""
    grows = Q(credit=Account.MAKER_PAY_OWED)
    shrinks = Q(debit=Account.MAKER_PAY_OWED) & ~Q(credit__in=in_order(HELD))
    entries = Entry.objects.filter(grows | shrinks, subject__startswith=PREFIX)
    return entries.annotate(worth=Case(When(credit=Account.MAKER_PAY_OWED, then=F("amount")), default=-F("amount")))


def unsettled() -> QuerySet[Entry]:
    """What no payout pays for yet, a draft included."""
    return earned().exclude(pk__in=SettledEntry.objects.values("entry"))


def problems() -> Iterator[str]:
    """For `check_books`: what makers are owed is the sum of what is theirs and not paid."""
    waiting: dict[tuple[str, str], int] = {}
    open_entries = earned().exclude(pk__in=SettledEntry.objects.filter(line__payout__state="paid").values("entry"))
    for subject, currency, worth in open_entries.order_by().values_list("subject", "currency").annotate(s=Sum("worth")):
        waiting[subject, currency] = worth
    owed = owed_by_subject(Account.MAKER_PAY_OWED)
    for subject, currency in sorted({*owed, *waiting}):
        if owed.get((subject, currency), 0) != waiting.get((subject, currency), 0):
            yield f"What {subject} is owed in {currency} is not the sum of what was sold and not paid."
    settling = MakerPayoutLine.objects.annotate(settles=Coalesce(Sum(_worth_of_settled()), 0))
    uneven = settling.exclude(amount=F("settles"))
    for line in uneven[:20]:
        yield f"{line.payout} pays maker {line.maker_id} another amount than its entries sum to."
    yield from _payouts_that_differ()


def _worth_of_settled() -> Case:
    amount = F("settled__entry__amount")
    return Case(When(settled__entry__credit=Account.MAKER_PAY_OWED, then=amount), default=-amount)


def _payouts_that_differ() -> Iterator[str]:
    paid = MakerPayoutLine.objects.filter(payout__state="paid").select_related("payout__transaction")
    booked = {
        (entry.transaction_id, entry.subject): entry.amount
        for entry in Entry.objects.filter(transaction__maker_payout__isnull=False, debit=Account.MAKER_PAY_OWED)
    }
    for line in paid:
        if booked.get((line.payout.transaction_id or 0, f"{PREFIX}{line.maker_id}")) != line.amount:
            yield f"{line.payout} paid maker {line.maker_id} another amount than the books say."
