"""The form for one gift that came outside the site."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django_countries import countries
from wagtail.admin.widgets import AdminDateInput

from membership.fundraising.offline import OfflineTerms
from membership.fundraising.purposes import all_purposes
from membership.models import Gift, GivingSettings, Tribute
from membership.tributes import TributeTerms
from receipts.models import Payer
from receipts.money import AmountError, parse_amount
from receipts.months import day_of
from receipts.payers import find_or_create_payer

EARLIEST = date(1990, 1, 1)
ADDRESS = ("line1", "line2", "city", "region", "postcode", "country")
METHODS = [choice for choice in Gift.Method.choices if choice[0] != Gift.Method.ONLINE]


def text(label: str, most: int, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, required=more.pop("required", False), **more)


class PayerFields(forms.Form):
    """Who gave, where it is nobody that we know yet."""

    kind = forms.ChoiceField(label="Who gave", choices=Payer.Kind.choices, required=False, widget=forms.RadioSelect)
    name = text("Name", 200)
    email = forms.EmailField(label="E-mail", required=False)
    line1 = text("Address", 200)
    line2 = text("Address, second line", 200)
    city = text("City", 100)
    region = text("State or region", 100)
    postcode = text("Postcode", 20)
    country = forms.ChoiceField(choices=[("", "Not known"), *countries], required=False)

    def new_payer(self) -> Payer:
        values = {field: self.cleaned_data.get(field, "") for field in ("name", "email", *ADDRESS)}
        return find_or_create_payer(kind=self.cleaned_data.get("kind") or Payer.Kind.PERSON, **values)


class OfflineGiftForm(PayerFields):
    key = forms.UUIDField(widget=forms.HiddenInput)
    amount = text("Amount", 30, required=True)
    received_on = forms.DateField(label="Received on", widget=AdminDateInput)
    method = forms.ChoiceField(label="How it came", choices=METHODS, widget=forms.RadioSelect)
    reference = text("Cheque number or reference", 140)
    purpose = forms.ChoiceField(label="Fund or campaign")
    tribute_kind = forms.ChoiceField(
        label="Given for somebody", choices=[("", "No"), *Tribute.Kind.choices], required=False
    )
    honouree = text("Whose name", 120)
    note = text("Note", 500, help_text="For colleagues. A supporter who asks for their data is given it too.")
    send_thanks = forms.BooleanField(
        label="Send a thank-you by e-mail",
        required=False,
        help_text="Only where there is an e-mail address, and its owner wants such mails.",
    )
    is_another = forms.BooleanField(label="Yes, this is another gift", required=False)

    field_order = ("key", "amount", "received_on", "method", "reference", "purpose")

    def __init__(self, *args: Any, payer: Payer | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.payer, self.purposes, self.currency = payer, all_purposes(), GivingSettings().currency
        self.fields["purpose"].choices = [(one.key, one.label) for one in self.purposes.values()]  # type: ignore[attr-defined]
        self.fields["amount"].help_text = f"In {self.currency}, as it was given."
        self.fields["key"].initial = uuid.uuid4
        self.fields["received_on"].initial = day_of(timezone.now())
        self.fields["kind"].initial = Payer.Kind.PERSON
        self.fields["method"].initial = Gift.Method.CHEQUE
        if payer:
            for field in ("kind", "name", "email", *ADDRESS):
                del self.fields[field]

    def clean_amount(self) -> int:
        try:
            amount = parse_amount(self.cleaned_data["amount"], self.currency)
        except AmountError as error:
            raise forms.ValidationError(str(error)) from error
        if amount == 0:
            raise forms.ValidationError("Enter an amount above zero.")
        return amount

    def clean_received_on(self) -> date:
        day: date = self.cleaned_data["received_on"]
        if day > day_of(timezone.now()):
            raise forms.ValidationError("This day has not come yet.")
        if day < EARLIEST:
            raise forms.ValidationError(f"Enter a day after {EARLIEST:%Y}.")
        return day

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.payer is None and "name" in cleaned and not cleaned["name"].strip():
            self.add_error("name", "Enter a name, or find the supporter above.")
        if cleaned.get("tribute_kind") and not cleaned.get("honouree", "").strip():
            self.add_error("honouree", "Enter the name, or choose “No” above.")
        return cleaned

    def terms(self) -> OfflineTerms:
        cleaned, purpose = self.cleaned_data, self.purposes[self.cleaned_data["purpose"]]
        kind = cleaned["tribute_kind"]
        return OfflineTerms(
            amount=cleaned["amount"],
            currency=self.currency,
            received_on=cleaned["received_on"],
            method=cleaned["method"],
            fund=purpose.fund,
            campaign=purpose.campaign,
            reference=cleaned["reference"],
            note=cleaned["note"],
            tribute=TributeTerms(kind=kind, honouree=cleaned["honouree"]) if kind else None,
        )


class UndoForm(forms.Form):
    reason = text("Why", 200, required=True, help_text="Stays in the books and on the receipt. Write no names here.")
    is_sure = forms.BooleanField(
        label="Yes, take this booking back", error_messages={"required": "Tick this if you are sure."}
    )
