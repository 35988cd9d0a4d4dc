from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from membership.gift_forms import OTHER, TOO_MANY, AmountChoice
from membership.joining import NotOffered, amount_to_pay
from membership.models import Interval, Membership, Tier
from receipts.money import AmountError, format_amount, parse_amount
from receipts.payer_form import PayerForm


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

    field_order = ("interval", "chosen", "amount")

    interval = IntervalField()
    # Where supporters give what they can: a suggested amount in minor units, or "other".
    chosen = AmountChoice(
        label="How much can you give?",
        error_messages={"required": "Choose an amount.", "invalid_choice": "Choose one of these amounts."},
    )
    amount = forms.CharField(
        label="Give more than the price",
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )

    def __init__(self, *args: Any, tier: Tier, user: Any, locale: str, **kwargs: Any) -> None:
        super().__init__(*args, user=user, locale=locale, **kwargs)
        self.shape_address()
        self.tier = tier
        intervals = [price.interval for price in tier.prices.all()]
        choices = [(interval, self._price_label(interval)) for interval in intervals]
        self.fields["interval"] = IntervalField(choices=choices)
        if tier.free_amount:
            self._offer_amounts()
            return
        del self.fields["chosen"]
        if tier.allows_more:
            self.fields[
                "amount"
            ].help_text = f"An amount in {tier.currency} each time. Leave it empty to pay the price."
        else:
            del self.fields["amount"]

    def _offer_amounts(self) -> None:
        """The suggestions for the interval that the page is drawn for, and one of another, where no script ran."""
        suggested = self.tier.suggested(self._shown_interval())
        chosen = str(self["chosen"].value() or "")
        typed = [int(chosen)] if chosen != OTHER and AmountChoice().valid_value(chosen) else []
        amounts = sorted({*suggested, *typed})
        choices = [*((str(amount), self.money(amount)) for amount in amounts), (OTHER, "Another amount")]
        self.fields["chosen"].choices = choices  # type: ignore[attr-defined]
        self.fields["amount"].label = "Another amount"
        self.fields["amount"].help_text = f"An amount in {self.tier.currency} each time."

    def _shown_interval(self) -> str:
        shown = str(self["interval"].value() or "")
        return shown if self.tier.price_of(shown) else self.tier.prices.all()[0].interval

    def suggestions(self) -> dict[str, list[list[str]]]:
        """The amounts of every interval, for the script that exchanges them."""
        return {
            price.interval: [[str(amount), self.money(amount)] for amount in price.suggestions()]
            for price in self.tier.prices.all()
        }

    def money(self, amount: int) -> str:
        return format_amount(amount, self.tier.currency, self.locale)

    def _price_label(self, interval: str) -> str:
        price = self.money(self.tier.price_of(interval) or 0)
        least = "from " if self.tier.free_amount else ""
        return f"{Interval(interval).label}, {least}{price} {Interval(interval).per}"

    # -- Checking -------------------------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        interval = cleaned.get("interval", "")
        typed = self._chosen_amount() if self.tier.free_amount else self._typed_amount()
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

    def _chosen_amount(self) -> int | None:
        chosen, typed = str(self.cleaned_data.get("chosen") or ""), str(self.data.get("amount", "")).strip()
        if chosen == OTHER and not typed:
            self.add_error("amount", "Enter an amount.")
        elif chosen not in ("", OTHER) and typed:
            self.add_error("amount", TOO_MANY.format(chosen=self.money(int(chosen))))
        if chosen == OTHER and typed:
            return self._typed_amount()
        return int(chosen) if chosen not in ("", OTHER) else None

    def _amount_to_pay(self, interval: str, typed: int | None) -> int | None:
        try:
            return amount_to_pay(self.tier, interval, typed, self.locale)
        except NotOffered as problem:
            self.add_error(self._amount_field(), str(problem))
            return None

    def _amount_field(self) -> str:
        if self.tier.free_amount and self.cleaned_data.get("chosen") != OTHER:
            return "chosen"
        return "amount" if "amount" in self.fields else "interval"

    def _compare_price(self, interval: str) -> None:
        """The price that the visitor saw must still be the price: it may have changed, or been tampered with."""
        seen, price = self.data.get("price"), self.tier.price_of(interval)
        if seen is not None and seen != str(price):
            what = "smallest amount" if self.tier.free_amount else "price"
            now = f"{self.money(price or 0)} {Interval(interval).per}"
            text = f"The {what} is {now}; this page had another one. Check it and go on."
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
