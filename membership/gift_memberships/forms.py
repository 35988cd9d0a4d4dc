from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone

from membership.gift_memberships.buying import GiftTerms, price_of
from membership.joining import NotOffered
from membership.models import Tier
from membership.models.gift_memberships import MONTHS
from membership.tribute_form import refuse_links
from receipts.money import format_amount
from receipts.payer_form import PayerForm, text_field

LATEST = timedelta(days=365)


class GiftMembershipForm(PayerForm):
    """Which membership, for whom, when they hear of it, and who pays."""

    field_order = ("offer", "recipient_name", "recipient_email", "message", "send_on")

    offer = forms.ChoiceField(
        label="Which membership?",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose a membership.",
            "invalid_choice": "This one can't be given any more. Choose one of these.",
        },
    )
    recipient_name = text_field("Who is it for?", most=100, autocomplete="off", help_text="A name, as you call them.")
    recipient_email = forms.EmailField(
        label="Their e-mail address",
        required=False,
        max_length=254,
        help_text="We write to them once. Leave it empty to hand the code over yourself.",
        error_messages={"invalid": "Enter an e-mail address in full, like name@example.org."},
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    message = forms.CharField(
        label="A message to go with it", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    send_on = forms.DateField(
        label="Send it on",
        required=False,
        help_text="Leave it empty to send it as soon as it is paid.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Enter a day as year, month and day, such as 2026-12-24."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shape_address()
        self.tiers = {tier.slug: tier for tier in Tier.objects.open().with_offer()}
        self.fields["offer"].choices = self._offers()  # type: ignore[attr-defined]

    def _offers(self) -> list[tuple[str, str]]:
        return [
            (f"{tier.slug}:{price.interval}", self._label(tier, price.interval, price.amount))
            for tier in self.tiers.values()
            for price in tier.prices.all()
            if price.interval in MONTHS
        ]

    def _label(self, tier: Tier, interval: str, amount: int) -> str:
        return f"{tier.name}, {MONTHS[interval]} months: {format_amount(amount, tier.currency, self.locale)}"

    def clean_recipient_name(self) -> str:
        refuse_links(self.cleaned_data["recipient_name"])
        return str(self.cleaned_data["recipient_name"])

    def clean_message(self) -> str:
        refuse_links(self.cleaned_data["message"])
        return str(self.cleaned_data["message"])

    def clean_send_on(self) -> Any:
        day, today = self.cleaned_data["send_on"], timezone.localdate()
        if day and not today <= day <= today + LATEST:
            raise forms.ValidationError("Choose a day from today to a year from now.")
        return day

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("send_on") and not cleaned.get("recipient_email") and "recipient_email" not in self.errors:
            self.add_error("recipient_email", "Enter the address to send it to, or leave the day empty.")
        if cleaned.get("offer"):
            self._compare_price(cleaned["offer"])
        return cleaned

    def _compare_price(self, offer: str) -> None:
        """The price that the visitor saw must still be the price."""
        seen, price = self.data.get("price"), self.price
        if seen is not None and seen != str(price):
            self.add_error("offer", "The price of this membership has changed. Check it and go on.")

    # -- Answers --------------------------------------------------------------------------------------------

    @property
    def price(self) -> int:
        terms = self.gift_terms()
        try:
            return price_of(terms.tier, terms.interval)
        except NotOffered:
            return 0

    def gift_terms(self) -> GiftTerms:
        slug, interval = self.cleaned_data["offer"].split(":")
        return GiftTerms(
            tier=self.tiers[slug],
            interval=interval,
            recipient_name=self.cleaned_data.get("recipient_name", ""),
            recipient_email=self.cleaned_data.get("recipient_email", ""),
            message=self.cleaned_data.get("message", ""),
            send_on=self.cleaned_data.get("send_on"),
        )


class RedeemForm(forms.Form):
    """The code, and who redeems it."""

    code = forms.CharField(
        label="Your code",
        max_length=40,
        help_text="Twelve letters and digits. Small letters, blanks and dashes do not matter.",
        error_messages={"required": "Enter the code."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}),
    )
    name = text_field("Your name", most=200, autocomplete="name", missing="Enter your name.")
    email = forms.EmailField(
        label="Your e-mail address",
        max_length=254,
        help_text="You sign in with it, and a code that we mail to you.",
        error_messages={
            "required": "Enter your e-mail address.",
            "invalid": "Enter an e-mail address in full, like name@example.org.",
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if user.is_authenticated:
            self.fields["email"].disabled = True
            self.fields["email"].initial = user.email
            self.fields["name"].initial = user.name
