from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from membership.joining import NotOffered, amount_to_pay
from membership.models import Interval, Membership, Tier
from membership.payer_form import PayerForm
from receipts.money import AmountError, format_amount, parse_amount


class IntervalField(forms.ChoiceField):
    """Monthly or yearly, as radio buttons; the choices are the prices of one tier."""

    widget = forms.RadioSelect

    def __init__(self, **kwargs: Any) -> None:
        sentences = {
            "required": "Choose monthly or yearly.",
            "invalid_choice": "This tier can't be paid that way. Choose one of these.",
        }
        super().__init__(**{"label": "How often do you want to pay?", "error_messages": sentences, **kwargs})


class JoinForm(PayerForm):
    """Who joins a tier, how often they pay, and how much. A price that the browser sends is only compared."""

    field_order = ("interval", "amount")

    interval = IntervalField()
    amount = forms.CharField(
        label="Give more than the price",
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )

    def __init__(self, *args: Any, tier: Tier, user: Any, locale: str, **kwargs: Any) -> None:
        super().__init__(*args, user=user, locale=locale, **kwargs)
        self.tier = tier
        intervals = [price.interval for price in tier.prices.all()]
        choices = [(interval, self._price_label(interval)) for interval in intervals]
        self.fields["interval"] = IntervalField(choices=choices)
        if tier.allows_more:
            self.fields[
                "amount"
            ].help_text = f"An amount in {tier.currency} each time. Leave it empty to pay the price."
        else:
            del self.fields["amount"]

    def _price_label(self, interval: str) -> str:
        price = format_amount(self.tier.price_of(interval) or 0, self.tier.currency, self.locale)
        return f"{Interval(interval).label}, {price} {Interval(interval).per}"

    # -- Checking -------------------------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        interval = cleaned.get("interval", "")
        typed = self._typed_amount()
        if interval:
            self._compare_price(interval)
            cleaned["amount"] = self._amount_to_pay(interval, typed)
        if self._is_member_already():
            self.add_error(None, f"You are already a member of {self.tier.name}. Your account shows it.")
        return cleaned

    def _typed_amount(self) -> int | None:
        text = str(self.data.get("amount", "")).strip()
        if not text:
            return None
        try:
            return parse_amount(text, self.tier.currency, self.locale)
        except AmountError as error:
            self.add_error(self._amount_field(), str(error))
            return None

    def _amount_to_pay(self, interval: str, typed: int | None) -> int | None:
        try:
            return amount_to_pay(self.tier, interval, typed, self.locale)
        except NotOffered as problem:
            self.add_error(self._amount_field(), str(problem))
            return None

    def _amount_field(self) -> str:
        return "amount" if "amount" in self.fields else "interval"

    def _compare_price(self, interval: str) -> None:
        """The price that the visitor saw must still be the price: it may have changed, or been tampered with."""
        seen, price = self.data.get("price"), self.tier.price_of(interval)
        if seen is not None and seen != str(price):
            now = format_amount(price or 0, self.tier.currency, self.locale)
            text = f"The price is {now} {Interval(interval).per}; this page had another one. Check it and go on."
            self.add_error("interval", text)

    def _is_member_already(self) -> bool:
        if not self.user.is_authenticated:
            return False
        return Membership.objects.live(timezone.now()).of_user(self.user).filter(tier=self.tier).exists()


class CancelForm(forms.Form):
    reason = forms.CharField(
        label="Why are you leaving?",
        required=False,
        max_length=500,
        help_text="Only if you want to tell us. Nobody will argue with you.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
