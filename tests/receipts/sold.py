"""Sales as the books have them, for the tests of invoices."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from receipts.chart import SALES, Account
from receipts.invoices import InvoicedLine, issue_invoice
from receipts.ledger import IncomeLine, record_refund
from receipts.models import Invoice, Transaction
from tests.receipts.books import PAID_AT, a_line, a_payment

ON = date(2025, 6, 16)
LATER = PAID_AT + timedelta(days=3)


def vat(amount: int, rate: str = "19.0000", name: str = "VAT") -> dict[str, Any]:
    return {"name": name, "rate": rate, "amount": amount}


def candles(**more: Any) -> dict[str, Any]:
    """Three candles at 10.00, and 19 % of tax."""
    line = {"description": "Candle “Dawn”", "quantity": 3, "net": 3000, "taxes": [vat(570)]}
    return {**line, **more}


def shipping(**more: Any) -> dict[str, Any]:
    line = {"description": "Shipping", "quantity": 1, "net": 400, "taxes": [vat(28, "7.0000")]}
    return {"account": Account.SHIPPING_INCOME, **line, **more}


def a_sale(*sold: dict[str, Any], gift: int = 5000, **booking: Any) -> tuple[Transaction, list[InvoicedLine]]:
    """A booked payment of these and a gift, and the lines of its invoice."""
    sold = sold or (candles(), shipping())
    lines = [_income(one) for one in sold]
    paid = a_payment(*lines, *([a_line(gift)] if gift else []), **booking)
    entries = list(paid.entries.order_by("pk"))
    invoiced = []
    for place, (one, line) in enumerate(zip(sold, lines, strict=True)):
        assert line.account in SALES
        fields = {name: one[name] for name in ("description", "quantity", "net")}
        invoiced.append(
            InvoicedLine(
                key=str(place),
                tax=line.tax,
                taxes=tuple(one["taxes"]),
                income=entries.pop(0) if line.amount else None,
                tax_entry=entries.pop(0) if line.tax else None,
                **fields,
            )
        )
    return paid, invoiced


def _income(one: dict[str, Any]) -> IncomeLine:
    tax = sum(tax["amount"] for tax in one["taxes"])
    return a_line(one["net"], one.get("account", Account.SHOP_SALES), tax=tax, description=one["description"])


def an_invoice(*sold: dict[str, Any], **booking: Any) -> Invoice:
    sandbox = bool(booking.pop("sandbox", False))
    paid, lines = a_sale(*sold, **booking)
    invoice = issue_invoice(paid, lines, on=ON, sandbox=sandbox)
    assert invoice is not None
    return invoice


def taken_back(invoice: Invoice, *parts: tuple[str, int, int], more: int = 0) -> Transaction:
    """A refund of these lines (key, net, tax), and of so much of the gift beside them."""
    lines = {line["key"]: line["entries"] for line in invoice.snapshot["lines"]}
    named = [(entry, part) for key, *sums in parts for entry, part in zip(lines[key], sums, strict=True) if part]
    if more:
        named.append((invoice.transaction.entries.get(credit=Account.GIFTS).pk, more))
    refund, _ = record_refund(
        reference=f"re_{Transaction.objects.count()}",
        of=invoice.transaction,
        amount=sum(part for _, part in named),
        occurred_at=LATER,
        parts=named,
    )
    return refund
