"""From a receipt to its page: the same HTML is drawn as PDF and served for printing where PDFs are off."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import segno
from babel.dates import format_date
from django.template.loader import render_to_string

from receipts.models import Receipt
from receipts.money import format_amount, known_locale, plain

# Changes whenever the page does: it is stored with each receipt.
TEMPLATE_VERSION = "2026-11.1"
STYLE = Path(__file__).parent / "templates" / "receipts" / "document.css"

# Up to this much print the page has room for its foot at the bottom.
ROWS_ON_A_PAGE, ROW_WIDTH = 11, 100

REGISTRATION_LABELS = {"US": "EIN"}
LETTER_COUNTRIES = {"US", "CA"}


def document_html(receipt: Receipt) -> str:
    return render_to_string("receipts/document.html", document_context(receipt))


def document_context(receipt: Receipt) -> dict[str, Any]:
    facts = receipt.snapshot
    jurisdiction = facts["issuer"]["jurisdiction"]
    return {
        "receipt": receipt,
        "facts": facts,
        "is_tax_receipt": receipt.kind == Receipt.Kind.TAX,
        "style": style(),
        "paper": "letter" if jurisdiction in LETTER_COUNTRIES else "a4",
        "received_on": written_date(date.fromisoformat(facts["received_on"]), receipt.language),
        "issued_on": written_date(receipt.issued_on, receipt.language),
        "registration_label": REGISTRATION_LABELS.get(jurisdiction, "Registration number"),
        "amount": format_amount(receipt.amount, receipt.currency, receipt.language),
        "advantage": format_amount(receipt.advantage, receipt.currency, receipt.language),
        "eligible_amount": format_amount(receipt.eligible_amount, receipt.currency, receipt.language),
        "lines": [_line(line, receipt) for line in facts["lines"]],
        "statements": _statements(facts["lines"]),
        "is_short": _rows(facts) <= ROWS_ON_A_PAGE,
        "qr": qr_svg(facts["verify_url"]),
        "created": f"{receipt.created_at:%Y-%m-%dT%H:%M:%SZ}",
    }


@cache
def style() -> str:
    return STYLE.read_text(encoding="utf-8")


def _line(line: dict[str, Any], receipt: Receipt) -> dict[str, str]:
    amounts = {
        name: format_amount(line[name], receipt.currency, receipt.language)
        for name in ("amount", "advantage", "eligible_amount")
    }
    return {"description": line["description"], **amounts}


def _statements(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is said of each line; said once, without a heading, when it is the same for all of them."""
    said = [line["statements"] for line in lines]
    if all(sentences == said[0] for sentences in said):
        return [{"about": "", "sentences": said[0]}]
    return [{"about": line["description"], "sentences": line["statements"]} for line in lines]


def _rows(facts: dict[str, Any]) -> int:
    """Roughly how many rows of print the lines and what is said of them take."""
    texts = [
        text for statement in _statements(facts["lines"]) for text in (statement["about"], *statement["sentences"])
    ]
    return len(facts["lines"]) + sum(1 + len(text) // ROW_WIDTH for text in (*texts, facts["note"]) if text)


def written_date(day: date, language: str) -> str:
    return format_date(day, format="long", locale=known_locale(language))


def qr_svg(url: str) -> str:
    """The address as a picture. A fixed mask: choosing the best one costs more than drawing the rest."""
    code = segno.make(url, error="m", micro=False, mask=2)
    title = "Code that leads to the page which verifies this receipt"
    return code.svg_inline(border=0, dark="#12211f", title=title, svgclass=None, lineclass=None, omitsize=True)


def machine_readable(receipt: Receipt) -> bytes:
    """The receipt as JSON, attached to the PDF: text in a PDF cannot be read back faithfully in every script."""
    facts = {
        "number": receipt.label,
        "kind": receipt.kind,
        "issued_on": receipt.issued_on.isoformat(),
        "currency": receipt.currency,
        "amount": plain(receipt.amount, receipt.currency),
        "value_received": plain(receipt.advantage, receipt.currency),
        "eligible_amount": plain(receipt.eligible_amount, receipt.currency),
        "minor_units": {
            "amount": receipt.amount,
            "value_received": receipt.advantage,
            "eligible_amount": receipt.eligible_amount,
        },
        "rule_version": receipt.rule_version,
        **receipt.snapshot,
    }
    return json.dumps(facts, ensure_ascii=False, indent=2, sort_keys=True).encode()
