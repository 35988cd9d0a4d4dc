"""Which column of a statement is what: guessed from the header, remembered for the account, settled by a person."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from membership.fundraising.bank_import.reading import Row, head_of, rows_of
from membership.fundraising.bank_import.values import guess_decimal, guess_order
from membership.models import BankImport

# What banks call them, in English, Spanish, German and French; the first word that fits wins.
WORDS = {
    "date": ("booking date", "buchungstag", "fecha", "posting date", "date", "datum", "day"),
    "amount": ("amount", "importe", "betrag", "montant", "credit", "paid in", "money in", "haben", "abono"),
    "payer": ("payer", "name", "counterparty", "from", "auftraggeber", "nombre", "ordenante", "sender", "description"),
    "text": ("reference", "memo", "verwendungszweck", "concepto", "details", "purpose", "libell", "message", "note"),
    "currency": ("currency", "währung", "divisa", "moneda", "devise", "waehrung"),
}
REQUIRED = ("date", "amount")
LABELS = {
    "date": "Date", "amount": "Amount", "payer": "Who paid", "text": "Reference or message", "currency": "Currency",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Columns count from 0; None is one that this statement lacks."""

    delimiter: str
    has_header: bool = True
    date: int | None = None
    amount: int | None = None
    payer: int | None = None
    text: int | None = None
    currency: int | None = None
    # Empty: a person has to say.
    order: str = ""
    decimal: str = ""

    def stored(self) -> dict[str, Any]:
        return asdict(self)


def guess_layout(text: str, account: str) -> Layout:
    """Raises reading.Unreadable."""
    delimiter, head = head_of(text)
    has_header = not guess_order(head) and not any(cell.replace(".", "").isdigit() for cell in head)
    columns: dict[str, Any] = dict(_columns(head)) if has_header else {}
    layout = Layout(delimiter=delimiter, has_header=has_header, **columns)
    if remembered := _remembered(account, len(head)):
        layout = replace(layout, **remembered)
    return replace(
        layout,
        order=layout.order or guess_order(cells_of(text, layout, layout.date)),
        decimal=layout.decimal or guess_decimal(cells_of(text, layout, layout.amount)),
    )


def _columns(head: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    names = [cell.casefold() for cell in head]
    for role, words in WORDS.items():
        places = [place for word in words for place, name in enumerate(names) if word in name]
        free = [place for place in places if place not in found.values()]
        if free:
            found[role] = free[0]
    return found


def _remembered(account: str, width: int) -> dict[str, Any]:
    """How this account's last statement was read, if it was as wide as this one."""
    last = BankImport.objects.filter(account__iexact=account, state=BankImport.State.READ).first()
    if last is None or last.layout.get("width") != width:
        return {}
    return {name: value for name, value in last.layout.items() if name not in ("width", "delimiter")}


def body_of(text: str, layout: Layout) -> list[Row]:
    rows = list(rows_of(text, layout.delimiter))
    return rows[1:] if layout.has_header else rows


def cells_of(text: str, layout: Layout, column: int | None) -> list[str]:
    if column is None:
        return []
    return [row.cells[column] for row in body_of(text, layout) if row.cells and column < len(row.cells)]
