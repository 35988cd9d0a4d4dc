"""All that an invoice says, frozen on the day it is issued: it must outlive every row it was copied from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from receipts.invoices.figures import sums_of
from receipts.models import Invoice, Issuer
from receipts.months import day_of

VERSION = 1


def take_snapshot(
    invoice: Invoice, issuer: Issuer, lines: Sequence[Mapping[str, Any]], *, reason: str = ""
) -> dict[str, Any]:
    corrected = invoice.corrects
    # A correction speaks of the same sale between the same two, however they are called by now.
    parties = corrected.snapshot if corrected else _parties(invoice, issuer)
    return {
        "version": VERSION,
        "is_sandbox": invoice.series.is_sandbox,
        "moved_on": day_of(invoice.transaction.occurred_at).isoformat(),
        "seller": parties["seller"],
        "buyer": parties["buyer"],
        "corrects": {"number": corrected.label, "issued_on": corrected.issued_on.isoformat()} if corrected else None,
        "reason": reason,
        "lines": [dict(line) for line in lines],
        "totals": sums_of(lines),
    }


def _parties(invoice: Invoice, issuer: Issuer) -> dict[str, Any]:
    payer = invoice.payer
    return {
        "seller": {
            "legal_name": issuer.legal_name,
            "address": [line.strip() for line in issuer.address.splitlines() if line.strip()],
            "registration_number": issuer.registration_number,
            "vat_number": issuer.vat_number,
            "jurisdiction": issuer.jurisdiction,
        },
        "buyer": {"kind": payer.kind, "name": payer.name, "address": payer.address_lines()},
    }
