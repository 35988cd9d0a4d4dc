"""Discount codes and their uses, made in one line."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from payments.discounts.finding import prepare_use
from payments.models import DiscountCode, DiscountUse
from receipts.models import Payer


def a_code(code: str = "SPRING", **fields: Any) -> DiscountCode:
    worth = {} if "amount" in fields else {"percent": Decimal(10)}
    return DiscountCode.objects.create(**{"code": code, "currency": "USD", **worth, **fields})


def a_payer(email: str = "ada@example.org") -> Payer:
    payer, _ = Payer.objects.get_or_create(email=email, defaults={"name": "Ada Byron", "fingerprint": email})
    return payer


def a_use(code: DiscountCode, email: str = "ada@example.org", **fields: Any) -> DiscountUse:
    return prepare_use(code, payer=a_payer(email), **{"amount": 500, "currency": "USD", **fields})
