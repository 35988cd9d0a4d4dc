"""Forms for zones and ways of sending, each mistake named beside its field; and the box to try them out."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms.formsets import DELETION_FIELD_NAME
from django.utils.translation import get_language
from django_countries import countries
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import InlinePanel

from receipts.amounts import AmountField
from receipts.money import AmountError, parse_amount, plain
from shop.models import ShippingMethod
from shop.shipping.places import bare

By = ShippingMethod.By
HEAVIEST = 10_000_000


class ZoneForm(WagtailAdminModelForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["countries"].help_text = "None: every country that no zone before this one takes."

    def clean_postcodes(self) -> str:
        """One beginning a line, each once, in the order they were typed."""
        lines = (line.strip() for line in self.cleaned_data["postcodes"].replace(",", "\n").splitlines())
        return "\n".join({bare(line): line for line in reversed([*lines]) if bare(line)}.values()).strip()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if cleaned.get("postcodes") and not cleaned.get("countries"):
            self.add_error("postcodes", "Choose the country that these postcodes are of.")
        return cleaned


class BandForm(WagtailAdminModelForm):
    """A limit is grams for one way of sending and an amount for another: the form above it says which."""

    up_to = forms.CharField(required=False, max_length=30, help_text="Empty: however much.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limit = self.instance.up_to
        if limit is not None and self.instance.method_id and self.instance.method.by == By.PRICE:
            self.initial["up_to"] = plain(limit, settings.REPORTING_CURRENCY)

    def clean_up_to(self) -> int | None:
        text = self.cleaned_data["up_to"].strip()
        if not text:
            return None
        limit = self._amount(text) if self.data.get("by") == By.PRICE else self._grams(text)
        if not 0 < limit < 2**31:
            raise ValidationError("Enter a limit above zero, or nothing for however much.")
        return limit

    def _amount(self, text: str) -> int:
        try:
            return parse_amount(text, settings.REPORTING_CURRENCY, get_language() or "en")
        except AmountError as error:
            raise ValidationError(str(error)) from error

    def _grams(self, text: str) -> int:
        digits = text.lower().removesuffix("g").strip()
        if not (digits.isascii() and digits.isdigit() and len(digits) < 10):
            raise ValidationError("Enter whole grams, for example 2000 for two kilograms.")
        return int(digits)


class BandsPanel(InlinePanel):
    """An inline panel whose rows are read by ``BandForm``."""

    def get_form_options(self) -> dict[str, Any]:
        options: dict[str, Any] = super().get_form_options()
        options["formsets"][self.relation_name]["form"] = BandForm
        return options


class MethodForm(WagtailAdminModelForm):
    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        rows = self.formsets["bands"]
        kept = [row for row in rows.forms if row.has_changed() or row.instance.pk]
        kept = [row for row in kept if row.is_valid() and not row.cleaned_data.get(DELETION_FIELD_NAME)]
        self.bands = sorted((row.cleaned_data["up_to"] or 2**31, row.cleaned_data["price"]) for row in kept)
        # Before the rows are looked at together, which says less about what is wrong.
        self._check_limits(kept)
        self._check_pickup(cleaned, kept, is_typed=rows.is_valid())
        if (cleaned.get("least_days") or 0) > (cleaned.get("most_days") or 0):
            self.add_error("most_days", "The longest it takes is no fewer days than the shortest.")
        return cleaned

    def _check_pickup(self, cleaned: dict[str, Any], bands: list[Any], *, is_typed: bool) -> None:
        is_pickup = cleaned.get("by") == By.PICKUP
        if is_pickup and bands:
            self.add_error("by", "Picking up costs nothing: remove its prices, or choose another way.")
        if is_pickup and not cleaned.get("details"):
            self.add_error("details", "Say where and when it can be picked up.")
        if not is_pickup and not bands and is_typed:
            self.add_error("by", "Say what it costs: add at least one price below, even if it is 0.")

    def _check_limits(self, bands: list[Any]) -> None:
        seen: set[int | None] = set()
        for row in bands:
            limit = row.cleaned_data["up_to"]
            if limit in seen:
                row.add_error("up_to", "There is a price up to this limit already.")
            seen.add(limit)

    def warnings(self) -> list[str]:
        """What is allowed and yet probably a mistake."""
        if self.cleaned_data.get("by") != By.WEIGHT:
            return []
        prices = [price for _, price in self.bands]
        return [] if prices == sorted(prices) else ["A heavier parcel costs less than a lighter one here."]


class TryForm(forms.Form):
    country = forms.ChoiceField(choices=lambda: [("", "Choose one"), *countries])
    postcode = forms.CharField(max_length=20, required=False)
    weight = forms.IntegerField(label="Weight in grams", min_value=0, max_value=HEAVIEST, initial=500)
    price = AmountField(label="Price of the goods")
