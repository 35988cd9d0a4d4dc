"""A list of supporters as CSV or XLSX, with what each may be written to for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from accounts.choices import PURPOSES
from accounts.models import MailChoice
from membership.fundraising.segments.giving import giving_by_supporter
from receipts.exports import Cell
from receipts.models import Payer
from receipts.money import major
from receipts.months import day_of

ROWS_AT_ONCE = 1_000
HEADER = (
    "Supporter", "Name", "Kind", "E-mail", "Address", "Address, second line", "City", "State or region", "Postcode",
    "Country", "Language", "Given in all", "Currency", "First gift", "Last gift",
    *(f"Wants: {purpose.label}" for purpose in PURPOSES.values()),
)  # fmt: skip

Giving = dict[int, tuple[int, Any, Any]]


def giving_of_all() -> Giving:
    rows = giving_by_supporter().values_list("supporter", "total", "first", "last")
    return {supporter: (total, first, last) for supporter, total, first, last in rows}


def export_rows(payers: QuerySet[Payer]) -> Iterator[tuple[Cell, ...]]:
    giving = giving_of_all()
    chosen = {(email, purpose): wanted for email, purpose, wanted in _choices()}
    for payer in payers.iterator(chunk_size=ROWS_AT_ONCE):
        total, first, last = giving.get(payer.pk, (0, None, None))
        yield (
            str(payer.public_id), payer.name, payer.get_kind_display(), payer.email, payer.line1, payer.line2,
            payer.city, payer.region, payer.postcode, str(payer.country), payer.language,
            major(total, settings.REPORTING_CURRENCY), settings.REPORTING_CURRENCY,
            day_of(first) if first else None, day_of(last) if last else None,
            *(wants(payer, key, chosen) for key in PURPOSES),
        )  # fmt: skip


def _choices() -> Any:
    return MailChoice.objects.values_list("email", "purpose", "wanted").iterator(chunk_size=5_000)


def wants(payer: Payer, purpose: str, chosen: dict[tuple[str, str], bool]) -> str:
    """By what was chosen; where there is no address, nothing can be wanted."""
    if not payer.email:
        return "no address"
    return "yes" if chosen.get((payer.email.lower(), purpose), PURPOSES[purpose].is_on) else "no"
