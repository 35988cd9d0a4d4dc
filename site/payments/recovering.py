"""How much of what failed came back, and at which attempt: whether the days of the retries are well chosen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from payments.models import RenewalFailure


@dataclass
class Attempt:
    """What happened at the nth attempt to collect something, in one currency."""

    number: int
    currency: str
    # Attempts with this number that failed; of them, what was paid before the next one failed, and its sum.
    failed: int = 0
    recovered: int = 0
    amount: int = 0


def recovered(start: datetime, end: datetime) -> list[Attempt]:
    """Each attempt that failed in [start, end), by its number and currency, and what became of the invoice after it."""
    last: dict[str, int] = {}
    failures = list(RenewalFailure.objects.filter(failed_at__gte=start, failed_at__lt=end))
    everything = RenewalFailure.objects.filter(invoice_id__in={failure.invoice_id for failure in failures})
    for invoice_id, number in everything.values_list("invoice_id", "attempt"):
        last[invoice_id] = max(number, last.get(invoice_id, 0))
    rows: dict[tuple[int, str], Attempt] = {}
    for failure in failures:
        key = (failure.attempt, failure.currency)
        row = rows.setdefault(key, Attempt(number=failure.attempt, currency=failure.currency))
        row.failed += 1
        if failure.settled_as == "paid" and last[failure.invoice_id] == failure.attempt:
            row.recovered += 1
            row.amount += failure.amount
    return [rows[key] for key in sorted(rows)]
