"""Who pays, as typed: what the forms of all offerings here ask in the same words."""

from __future__ import annotations

from typing import Any

from django import forms
from django_countries.fields import CountryField

from receipts.addresses.fields import AddressFields
from receipts.models import Issuer, Payer
from receipts.payers import PayerDetails


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


class PayerForm(AddressFields, forms.Form):
    """Each form calls ``shape_address`` once it knows what its address begins with."""

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

    def __init__(self, *args: Any, user: Any, locale: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.locale = user, locale
        self.fields["country"].initial = Issuer.load().jurisdiction
        self.fields["website"].widget.attrs.update(autocomplete="off", tabindex="-1")
        if user.is_authenticated:
            self._fill_in(user)

    def _fill_in(self, user: Any) -> None:
        self.fields["email"].disabled = True
        self.fields["email"].initial = user.email
        self.fields["email"].help_text = "The address you sign in with."
        payer = Payer.objects.live().filter(user=user, kind=Payer.Kind.PERSON).order_by("pk").first()
        known = payer or Payer(name=user.name)
        for field in ("name", "line1", "line2", "city", "region", "postcode", "country"):
            self.fields[field].initial = getattr(known, field) or self.fields[field].initial

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise forms.ValidationError("Leave the field “Leave this empty” empty: it is there to catch programs.")
        return ""

    # -- Answers --------------------------------------------------------------------------------------------

    def payer_details(self) -> PayerDetails:
        typed = ("name", "email", "line1", "line2", "city", "region", "postcode", "country")
        return PayerDetails(**{field: self.cleaned_data[field] for field in typed}, language=self.locale)
