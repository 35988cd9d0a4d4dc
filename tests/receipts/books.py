"""Ready-made payments for tests of the books."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any

from receipts.chart import Account
from receipts.checks import books_problems
from receipts.ledger import IncomeLine, record_income
from receipts.models import Fund, Issuer, Payer, Transaction
from receipts.payers import find_or_create_payer

PAID_AT = datetime(2025, 6, 15, 12, tzinfo=UTC)
_numbers = count(1)


def books_balance() -> bool:
    problems = books_problems()
    assert not problems, problems
    return True


def a_payer(**typed: Any) -> Payer:
    identity = {
        "kind": "person", "name": "Grace Okafor", "email": "grace@example.org", "line1": "12 Harbour Street",
        "city": "Portland", "region": "ME", "postcode": "04101", "country": "US",
    }  # fmt: skip
    return find_or_create_payer(**{**identity, **typed})


def a_line(amount: int = 10_000, account: str = Account.GIFTS, **more: Any) -> IncomeLine:
    return IncomeLine(account=account, amount=amount, **{"fund": Fund.unrestricted(), **more})


def a_payment(*lines: IncomeLine, payer: Payer | None = None, **more: Any) -> Transaction:
    booking = {
        "reference": f"stripe:ch_{next(_numbers)}", "occurred_at": PAID_AT, "currency": "USD",
        "payer": payer or a_payer(), "lines": lines or (a_line(),),
    }  # fmt: skip
    booked, _ = record_income(**{**booking, **more})
    return booked


def an_issuer(jurisdiction: str = "US") -> Issuer:
    issuer = Issuer.load()
    issuer.legal_name = "Harbour Light Foundation"
    issuer.address = "1 Quay Road\nPortland, ME 04101"
    issuer.registration_number = "12-3456789"
    issuer.jurisdiction = jurisdiction
    issuer.signatory = "Ana Flores, Treasurer"
    issuer.purpose = "Freeing and supporting people who were trafficked"
    issuer.save()
    return issuer
