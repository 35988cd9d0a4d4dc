"""Amounts that staff type in the currency's main unit and the database keeps in its minor unit."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language

from receipts.money import AmountError, parse_amount, plain


class AmountField(forms.Field):
    """Shows 1250 as "12.50" and reads it back."""

    widget = forms.TextInput(attrs={"inputmode": "decimal"})

    def prepare_value(self, value: Any) -> Any:
        return plain(value, settings.REPORTING_CURRENCY) if isinstance(value, int) else value

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values:
            return None
        if isinstance(value, int):
            return value
        try:
            return parse_amount(value, settings.REPORTING_CURRENCY, get_language() or "en")
        except AmountError as error:
            raise ValidationError(str(error), code="amount") from error


class StoredAmountField(models.BigIntegerField):  # type: ignore[type-arg]
    """Minor units of the reporting currency, typed through ``AmountField``."""

    form_class = AmountField

    def formfield(self, **kwargs: Any) -> Any:
        taken = {name: kwargs[name] for name in ("label", "help_text", "required") if name in kwargs}
        common = {"label": self.verbose_name.capitalize(), "help_text": self.help_text, "required": not self.blank}
        initial = self.default if self.has_default() else None
        return self.form_class(**{**common, "initial": initial, **taken})

    def deconstruct(self) -> Any:
        # To the database it is a plain integer: migrations need none of our code.
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.BigIntegerField", args, kwargs
