"""All that a receipt says, frozen on the day it is issued: it must outlive every row it was copied from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse

from receipts.models import Entry, Issuer, Receipt
from receipts.months import day_of
from receipts.rules import Assessment
from receipts.wording import NOT_FOR_TAX, paid_as_note, statements_of, title_of

VERSION = 1


@dataclass(frozen=True, kw_only=True)
class Judged:
    """An entry, what is left of it, and what the rules say about that; no assessment where no rules are known."""

    entry: Entry
    amount: int
    assessment: Assessment | None

    @property
    def eligible(self) -> int:
        return self.assessment.eligible_amount if self.assessment else 0

    @property
    def advantage(self) -> int:
        return self.assessment.advantage if self.assessment else 0


def take_snapshot(
    receipt: Receipt, issuer: Issuer, lines: list[Judged], *, paid_as: tuple[int, str] | None = None
) -> dict[str, Any]:
    is_tax_receipt = receipt.kind == Receipt.Kind.TAX
    return {
        "version": VERSION,
        "title": title_of(issuer.jurisdiction, is_tax_receipt=is_tax_receipt),
        "is_sandbox": receipt.series.is_sandbox,
        "received_on": day_of(receipt.transaction.occurred_at).isoformat(),
        "verify_url": settings.BASE_URL + reverse("receipt_verify", args=[receipt.verify_code]),
        "issuer": {
            "legal_name": issuer.legal_name,
            "address": [line.strip() for line in issuer.address.splitlines() if line.strip()],
            "registration_number": issuer.registration_number,
            "jurisdiction": issuer.jurisdiction,
            "signatory": issuer.signatory,
            "purpose": issuer.purpose,
        },
        "payer": {
            "kind": receipt.payer.kind,
            "name": receipt.payer.name,
            "address": receipt.payer.address_lines(),
        },
        "lines": [_line(line, receipt.language) for line in lines],
        "note": " ".join(_notes(receipt, paid_as)),
    }


def _notes(receipt: Receipt, paid_as: tuple[int, str] | None) -> Iterator[str]:
    if receipt.kind != Receipt.Kind.TAX:
        yield NOT_FOR_TAX
    if paid_as:
        yield paid_as_note(*paid_as, currency=receipt.currency, language=receipt.language)


def _line(line: Judged, language: str) -> dict[str, Any]:
    entry, assessment = line.entry, line.assessment
    return {
        "description": entry.description or entry.get_credit_display(),
        "stream": entry.credit,
        "amount": line.amount,
        "advantage": line.advantage,
        "eligible_amount": line.eligible,
        "advantages": entry.advantages,
        "statements": statements_of(assessment, currency=entry.currency, language=language) if assessment else [],
        "reasons": list(assessment.reasons) if assessment else [],
    }
