"""What accounts and funds have left."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Sum

from receipts.chart import FUNDED, in_order
from receipts.models import Entry, Fund


def account_balance(account: str, *, currency: str, as_of: datetime | None = None) -> int:
    """Debits less credits: what is held is above zero, what is owed and earned is below."""
    entries = Entry.objects.recorded_by(as_of).filter(currency=currency.upper())
    debits = entries.filter(debit=account).aggregate(s=Sum("amount"))["s"] or 0
    credits = entries.filter(credit=account).aggregate(s=Sum("amount"))["s"] or 0
    return debits - credits


def fund_balance(fund: Fund, *, currency: str, as_of: datetime | None = None) -> int:
    """Income less costs, with transfers in and out: what is left for the fund's purpose."""
    funded = in_order(FUNDED)
    entries = Entry.objects.recorded_by(as_of).filter(fund=fund, currency=currency.upper())
    came = entries.filter(credit__in=funded).aggregate(s=Sum("amount"))["s"] or 0
    went = entries.filter(debit__in=funded).aggregate(s=Sum("amount"))["s"] or 0
    return came - went


def owed_by_subject(account: str, *, as_of: datetime | None = None) -> dict[tuple[str, str], int]:
    """A sub-ledger: what is owed on an account, by subject and currency. Below zero where too much was paid."""
    entries = Entry.objects.recorded_by(as_of).exclude(subject="").order_by()
    owed: dict[tuple[str, str], int] = {}
    for side, sign in (("credit", 1), ("debit", -1)):
        sums = entries.filter(**{side: account}).values_list("subject", "currency").annotate(s=Sum("amount"))
        for subject, currency, total in sums.values_list("subject", "currency", "s"):
            owed[subject, currency] = owed.get((subject, currency), 0) + sign * total
    return owed
