"""Prices that staff type: refused beside the field where no card could pay them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import get_language

from payments.currencies import refusal_of
from receipts.amounts import AmountField, StoredAmountField


class CardAmountField(AmountField):
    def validate(self, value: Any) -> None:
        super().validate(value)
        if value and (refusal := refusal_of(value, settings.REPORTING_CURRENCY, get_language() or "en")):
            raise ValidationError(refusal, code="amount")


class StoredCardAmountField(StoredAmountField):
    """What somebody pays for one of something: of three decimals, the last is 0."""

    form_class = CardAmountField
