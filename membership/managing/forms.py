from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.formats import date_format

from membership.fee_cover import rates_for
from membership.managing.pauses import MOST_MONTHS
from membership.managing.wanted import least
from membership.models import Gift, Membership
from receipts.money import AmountError, format_amount, parse_amount, plain


class AmountForm(forms.Form):
    """What one payment should be from the next one on; of a gift, without what covers the card costs."""

    amount = forms.CharField(
        label="New amount",
        max_length=40,
        error_messages={"required": "Enter an amount."},
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    covers_fee = forms.BooleanField(label="I also cover the card costs", required=False)

    def __init__(self, *args: Any, subscription: Membership | Gift, locale: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.subscription, self.locale = subscription, locale
        currency, is_gift = subscription.currency, isinstance(subscription, Gift)
        now = subscription.gift_amount if isinstance(subscription, Gift) else subscription.amount
        self.fields["amount"].initial = plain(now, currency)
        smallest = format_amount(least(subscription), currency, locale)
        self.fields["amount"].help_text = f"In {currency}, each time. At least {smallest}."
        if is_gift and rates_for(currency):
            self.fields["covers_fee"].initial = bool(getattr(subscription, "fee_cover", 0))
            self.fields["covers_fee"].help_text = "Added to each payment, so that your gift arrives whole."
        else:
            del self.fields["covers_fee"]

    def clean_amount(self) -> int:
        try:
            return parse_amount(self.cleaned_data["amount"], self.subscription.currency, self.locale)
        except AmountError as error:
            raise forms.ValidationError(str(error)) from error


class PauseForm(forms.Form):
    months = forms.TypedChoiceField(
        label="For how long?",
        coerce=int,
        choices=[(count, "1 month" if count == 1 else f"{count} months") for count in range(1, MOST_MONTHS + 1)],
        error_messages={
            "required": "Choose how long.",
            "invalid_choice": f"Choose between 1 and {MOST_MONTHS} months.",
        },
    )


class DateForm(forms.Form):
    day = forms.DateField(
        label="Day of the next payment",
        error_messages={"required": "Choose a day.", "invalid": "Enter a day such as 2027-03-14."},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, first: date, last: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.first, self.last = first, last
        self.fields["day"].widget.attrs.update(min=first.isoformat(), max=last.isoformat())
        self.fields["day"].help_text = f"From {self._written(first)} to {self._written(last)}."

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if not self.first <= day <= self.last:
            raise forms.ValidationError(f"Choose a day from {self._written(self.first)} to {self._written(self.last)}.")
        return day

    @staticmethod
    def _written(day: date) -> str:
        return date_format(day, "j F Y")
