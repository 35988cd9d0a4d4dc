from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django_countries import countries
from django_countries.fields import CountryField

from membership.joining import NotOffered, PayerDetails, amount_to_pay
from membership.models import Interval, Membership, Tier
from receipts.models import Issuer, Payer
from receipts.money import AmountError, format_amount, parse_amount


def text_field(label: str, *, most: int, autocomplete: str, missing: str = "", help_text: str = "") -> forms.CharField:
    """A line of text; required when there is a sentence to say that it is missing."""
    return forms.CharField(
        label=label,
        max_length=most,
        required=bool(missing),
        help_text=help_text,
        error_messages={"required": missing},
        widget=forms.TextInput(attrs={"autocomplete": autocomplete}),
    )


class IntervalField(forms.ChoiceField):
    """Monthly or yearly, as radio buttons; the choices are the prices of one tier."""

    widget = forms.RadioSelect

    def __init__(self, **kwargs: Any) -> None:
        sentences = {
            "required": "Choose monthly or yearly.",
            "invalid_choice": "This tier can't be paid that way. Choose one of these.",
        }
        super().__init__(**{"label": "How often do you want to pay?", "error_messages": sentences, **kwargs})


class JoinForm(forms.Form):
    """Who joins a tier, how often they pay, and how much. A price that the browser sends is only compared."""

    interval = IntervalField()
    amount = forms.CharField(
        label="Give more than the price",
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    name = text_field(
        "Full name",
        most=200,
        autocomplete="name",
        missing="Enter your name.",
        help_text="As it should stand on your tax receipt.",
    )
    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        help_text="Your receipts and the link to your account go there.",
        error_messages={
            "required": "Enter your e-mail address.",
            "invalid": "Enter an e-mail address in full, like name@example.org.",
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    line1 = text_field(
        "Address", most=200, autocomplete="address-line1", missing="Enter the first line of your address."
    )
    line2 = text_field("Address, second line", most=200, autocomplete="address-line2")
    city = text_field("Town or city", most=100, autocomplete="address-level2", missing="Enter your town or city.")
    region = text_field("State or region", most=100, autocomplete="address-level1")
    postcode = text_field("Postcode", most=20, autocomplete="postal-code")
    country = CountryField(blank_label="Choose a country").formfield(
        label="Country", error_messages={"required": "Choose your country."}
    )
    # Nobody sees it, so only a program fills it in.
    website = forms.CharField(required=False, max_length=200, label="Leave this empty")

    def __init__(self, *args: Any, tier: Tier, user: Any, locale: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tier, self.user, self.locale = tier, user, locale
        intervals = [price.interval for price in tier.prices.all()]
        choices = [(interval, self._price_label(interval)) for interval in intervals]
        self.fields["interval"] = IntervalField(choices=choices)
        self.fields["country"].widget.attrs["autocomplete"] = "country"
        self.fields["country"].initial = Issuer.load().jurisdiction
        self.fields["website"].widget.attrs.update(autocomplete="off", tabindex="-1")
        if tier.allows_more:
            self.fields[
                "amount"
            ].help_text = f"An amount in {tier.currency} each time. Leave it empty to pay the price."
        else:
            del self.fields["amount"]
        if user.is_authenticated:
            self._fill_in(user)

    def _price_label(self, interval: str) -> str:
        price = format_amount(self.tier.price_of(interval) or 0, self.tier.currency, self.locale)
        return f"{Interval(interval).label}, {price} {Interval(interval).per}"

    def _fill_in(self, user: Any) -> None:
        self.fields["email"].disabled = True
        self.fields["email"].initial = user.email
        self.fields["email"].help_text = "The address you sign in with."
        payer = Payer.objects.live().filter(user=user, kind=Payer.Kind.PERSON).order_by("pk").first()
        known = payer or Payer(name=user.name)
        for field in ("name", "line1", "line2", "city", "region", "postcode", "country"):
            self.fields[field].initial = getattr(known, field) or self.fields[field].initial

    # -- Checking -------------------------------------------------------------------------------------------

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise forms.ValidationError("Leave the field “Leave this empty” empty: it is there to catch programs.")
        return ""

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

    # -- Answers --------------------------------------------------------------------------------------------

    def country_name(self) -> str:
        return str(countries.name(self.cleaned_data["country"]))

    def payer_details(self) -> PayerDetails:
        typed = ("name", "email", "line1", "line2", "city", "region", "postcode", "country")
        return PayerDetails(**{field: self.cleaned_data[field] for field in typed}, language=self.locale)


class CancelForm(forms.Form):
    reason = forms.CharField(
        label="Why are you leaving?",
        required=False,
        max_length=500,
        help_text="Only if you want to tell us. Nobody will argue with you.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
