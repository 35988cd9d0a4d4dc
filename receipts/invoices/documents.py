"""From an invoice to its page: the same HTML is drawn as PDF and served for printing where PDFs are off."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string

from receipts.documents import LETTER_COUNTRIES, REGISTRATION_LABELS, written_date
from receipts.documents import style as house_style
from receipts.invoices.wording import rate_name, words_of
from receipts.models import Invoice
from receipts.money import format_amount, known_locale, major, minor_digits, plain

STYLE = Path(__file__).parent.parent / "templates" / "receipts" / "invoice.css"
# What a price of one may have beside the currency's own decimals, where the whole does not divide evenly.
MORE_DIGITS = 2


def invoice_html(invoice: Invoice) -> str:
    return render_to_string("receipts/invoice.html", invoice_context(invoice))


def invoice_context(invoice: Invoice) -> dict[str, Any]:
    facts, words = invoice.snapshot, words_of(invoice.language)
    jurisdiction = facts["seller"]["jurisdiction"]
    return {
        "invoice": invoice,
        "facts": facts,
        "words": words,
        "title": words[invoice.kind],
        "style": style(),
        "paper": "letter" if jurisdiction in LETTER_COUNTRIES else "a4",
        "issued_on": written_date(invoice.issued_on, invoice.language),
        "moved_on": _written(facts["moved_on"], invoice.language),
        "corrects_on": _written(facts["corrects"]["issued_on"], invoice.language) if facts["corrects"] else "",
        "registration_label": REGISTRATION_LABELS.get(jurisdiction, words["registration_number"]),
        "lines": [_line(line, invoice) for line in facts["lines"]],
        "rates": [_rate(rate, invoice) for rate in facts["totals"]["by_rate"]],
        "net": _money(invoice.net, invoice),
        "tax": _money(invoice.tax, invoice),
        "amount": _money(invoice.amount, invoice),
        "reason": words.get(facts["reason"], ""),
        "created": f"{invoice.created_at:%Y-%m-%dT%H:%M:%SZ}",
    }


@cache
def style() -> str:
    return house_style() + STYLE.read_text(encoding="utf-8")


def _written(day: str, language: str) -> str:
    return written_date(date.fromisoformat(day), language)


def _money(amount: int, invoice: Invoice) -> str:
    return format_amount(amount, invoice.currency, invoice.language)


def _line(line: Mapping[str, Any], invoice: Invoice) -> dict[str, Any]:
    words = words_of(invoice.language)
    rates = [rate_name(one["name"], one["rate"], words, invoice.language) for one in line["taxes"]]
    return {
        "description": line["description"],
        "quantity": line["quantity"] or "",
        "unit": _unit_price(line, invoice) if line["quantity"] else "",
        "net": _money(line["net"], invoice),
        "rates": rates or [words["no_tax"]],
        "gross": _money(line["net"] + line["tax"], invoice),
    }


def _unit_price(line: Mapping[str, Any], invoice: Invoice) -> str:
    """What one costs; with two more decimals where the whole does not divide evenly."""
    if line["net"] % line["quantity"] == 0:
        return _money(line["net"] // line["quantity"], invoice)
    from babel.numbers import format_currency

    digits = minor_digits(invoice.currency) + MORE_DIGITS
    exact = (major(line["net"], invoice.currency) / line["quantity"]).quantize(
        Decimal(1).scaleb(-digits), ROUND_HALF_UP
    )
    locale = known_locale(invoice.language)
    return format_currency(exact, invoice.currency, locale=locale, currency_digits=False, decimal_quantization=False)


def _rate(rate: Mapping[str, Any], invoice: Invoice) -> dict[str, str]:
    return {
        "name": rate_name(rate["name"], rate["rate"], words_of(invoice.language), invoice.language),
        "net": _money(rate["net"], invoice),
        "tax": _money(rate["tax"], invoice),
    }


def machine_readable(invoice: Invoice) -> bytes:
    """The document as JSON, attached to the PDF. What only our own books know is left out."""
    lines = [
        {name: value for name, value in line.items() if name not in {"key", "entries"}}
        for line in invoice.snapshot["lines"]
    ]
    facts = {
        "number": invoice.label,
        "kind": invoice.kind,
        "issued_on": invoice.issued_on.isoformat(),
        "currency": invoice.currency,
        "net": plain(invoice.net, invoice.currency),
        "tax": plain(invoice.tax, invoice.currency),
        "amount": plain(invoice.amount, invoice.currency),
        **invoice.snapshot,
        "lines": lines,
    }
    return json.dumps(facts, ensure_ascii=False, indent=2, sort_keys=True).encode()
