"""The figures of an invoice: its lines, what is left of them after its credit notes, and totals by tax rate.

Amounts are minor units of the invoice's currency. Every total is the sum of its lines; nothing is worked out twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from receipts.models import Entry, Invoice
from receipts.money import split


@dataclass(frozen=True, kw_only=True)
class InvoicedLine:
    """One thing that was sold. ``net`` and ``tax`` are for all of them; ``taxes`` say what the tax is made of.

    ``key`` finds the line again on a credit note. The entries are those that booked it; a free line has none.
    """

    key: str
    description: str
    quantity: int
    net: int
    tax: int = 0
    taxes: tuple[Mapping[str, Any], ...] = ()
    income: Entry | None = None
    tax_entry: Entry | None = None

    def frozen(self) -> dict[str, Any]:
        """As it stands in the snapshot."""
        taxes = [{"name": one["name"], "rate": str(one["rate"]), "amount": int(one["amount"])} for one in self.taxes]
        return {
            "key": self.key,
            "description": self.description,
            "quantity": self.quantity,
            "net": self.net,
            "tax": self.tax,
            # A tax that nobody named is still told.
            "taxes": taxes or ([{"name": "", "rate": "", "amount": self.tax}] if self.tax else []),
            "entries": [self.income.pk if self.income else None, self.tax_entry.pk if self.tax_entry else None],
        }


def sums_of(lines: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "net": sum(line["net"] for line in lines),
        "tax": sum(line["tax"] for line in lines),
        "by_rate": [rate.frozen() for rate in _rates_of(lines)],
    }


@dataclass(kw_only=True)
class _Rate:
    """What was sold under one tax, and that tax of it. Two taxes on one line have the same net amount under both."""

    name: str
    rate: str
    net: int = field(default=0)
    tax: int = field(default=0)

    def frozen(self) -> dict[str, Any]:
        return {"name": self.name, "rate": self.rate, "net": self.net, "tax": self.tax}


def _rates_of(lines: Sequence[Mapping[str, Any]]) -> list[_Rate]:
    rates: dict[tuple[str, str], _Rate] = {}
    for line in lines:
        for one in line["taxes"] or [{"name": "", "rate": "0", "amount": 0}]:
            rate = rates.setdefault((one["name"], one["rate"]), _Rate(name=one["name"], rate=one["rate"]))
            rate.net += line["net"]
            rate.tax += one["amount"]
    return [rate for rate in rates.values() if rate.net or rate.tax]


def taken_of(
    line: Mapping[str, Any], *, net: int, tax: int, quantity: int, before: Iterable[Mapping[str, Any]]
) -> dict[str, Any]:
    """The part of an invoice's line that a credit note takes back; its tax comes off what is left under each rate."""
    left = [one["amount"] for one in line["taxes"]]
    for earlier in before:
        left = [rest - one["amount"] for rest, one in zip(left, earlier["taxes"], strict=True)]
    shares = split(tax, left) if tax else [0] * len(left)
    taxes = [{**one, "amount": share} for one, share in zip(line["taxes"], shares, strict=True)]
    return {**line, "net": net, "tax": tax, "quantity": quantity, "taxes": taxes}


def credited_before(invoice: Invoice) -> dict[str, list[dict[str, Any]]]:
    """By the key of a line, what standing credit notes have taken of it: one that was cancelled took nothing."""
    taken: dict[str, list[dict[str, Any]]] = {}
    for note in invoice.corrections.filter(corrections=None).order_by("pk"):
        for line in note.snapshot["lines"]:
            taken.setdefault(line["key"], []).append(line)
    return taken
