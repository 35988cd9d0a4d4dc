"""The sheet of a payout: who gets what for which sales, under their alias, as CSV and as PDF."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone

from receipts import drawing
from receipts.chart import Account
from receipts.exports import Cell
from receipts.models import Entry, Issuer
from receipts.money import major
from receipts.months import day_of
from shop.models import MakerPayout, MakerPayoutLine

HEADER = ("Maker", "Day", "For", "Amount", "Currency")
STYLE = Path(__file__).parents[1] / "templates" / "shop" / "makers" / "sheet.css"


def worth(entry: Entry) -> int:
    return entry.amount if entry.credit == Account.MAKER_PAY_OWED else -entry.amount


def what_for(entry: Entry) -> str:
    """What an entry pays for, in words of the shop: nobody is named in them."""
    if entry.credit == Account.MAKER_PAY_OWED and entry.debit == Account.MAKER_PAY:
        return entry.description or "Sold"
    if entry.debit == Account.MAKER_PAY_OWED:
        return f"Came back, of {entry.description}" if entry.description else "Came back"
    return (
        "Paid before, and sent back by the bank" if entry.debit in (Account.BANK, Account.CASH) else "Brought forward"
    )


def lines_of(payout: MakerPayout) -> list[tuple[MakerPayoutLine, list[Entry]]]:
    """Every maker's line with the entries that it pays for, the oldest first; three queries however many there are."""
    lines = list(payout.lines.select_related("maker").order_by("maker__alias"))
    entries: dict[int, list[Entry]] = {line.pk: [] for line in lines}
    settled = payout.lines.order_by().values_list("pk", "settled__entry")
    found = Entry.objects.select_related("transaction").in_bulk([entry for _, entry in settled if entry])
    for line_pk, entry in settled:
        if entry in found:
            entries[line_pk].append(found[entry])
    return [(line, sorted(entries[line.pk], key=lambda entry: entry.pk)) for line in lines]


def rows(payout: MakerPayout) -> Iterator[tuple[Cell, ...]]:
    currency = payout.currency
    total = 0
    for line, entries in lines_of(payout):
        for entry in entries:
            day = day_of(entry.transaction.occurred_at)
            yield (line.maker.alias, day, what_for(entry), major(worth(entry), currency), currency)
        yield (line.maker.alias, None, "To be paid", major(line.amount, currency), currency)
        total += line.amount
    yield ("All makers", None, "To be paid", major(total, currency), currency)


def sheet_html(payout: MakerPayout) -> str:
    return render_to_string("shop/makers/sheet.html", context(payout))


def sheet_pdf(payout: MakerPayout) -> bytes:
    """Raises what ``drawing.draw`` raises."""
    return drawing.draw(html=sheet_html(payout), identifier=f"maker-payout-{payout.pk}", created=payout.created_at)


def context(payout: MakerPayout) -> dict[str, Any]:
    lines = [
        (line, [(day_of(entry.transaction.occurred_at), what_for(entry), worth(entry)) for entry in entries])
        for line, entries in lines_of(payout)
    ]
    return {
        "payout": payout,
        "lines": lines,
        "total": sum(line.amount for line, _ in lines),
        "issuer": Issuer.load(),
        "style": STYLE.read_text(encoding="utf-8"),
        "created": f"{payout.created_at:%Y-%m-%dT%H:%M:%SZ}",
        "drawn_up_on": timezone.localdate(payout.created_at),
    }
