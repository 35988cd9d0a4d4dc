"""Forms of the staff's screens for campaigns."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.widgets import AdminDateInput

from membership.models import Gift
from receipts.amounts import AmountField
from receipts.models import Payer
from receipts.months import day_of
from receipts.searching import find_payers

METHODS = [choice for choice in Gift.Method.choices if choice[0] != Gift.Method.ONLINE]


class PayerField(forms.CharField):
    """One supporter, named by what tells them from all others: no list of everybody is sent to a browser."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "An e-mail address, a receipt's number, or a name that only one supporter has.")
        super().__init__(max_length=200, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        payer = Payer.objects.filter(pk=value).first() if isinstance(value, int) else None
        return (payer.email or payer.name) if payer else value

    def clean(self, value: Any) -> Payer:
        found = list(find_payers(str(super().clean(value))).filter(erased_at=None)[:2])
        if not found:
            raise ValidationError("Nobody is found by this. Record them first, or look for their e-mail address.")
        if len(found) > 1:
            raise ValidationError("More than one supporter is found by this. Enter the e-mail address.")
        return found[0]


class PoolForm(WagtailAdminModelForm):
    sponsor = PayerField()


class PledgeForm(WagtailAdminModelForm):
    payer = PayerField(label="Who promised it")


class SponsorPaidForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    amount = AmountField(help_text="At most what the sponsor owes. Book anything beyond as an offline gift.")
    received_on = forms.DateField(label="Received on", widget=AdminDateInput)
    method = forms.ChoiceField(label="How it came", choices=METHODS, widget=forms.RadioSelect)

    def __init__(self, *args: Any, owed: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owed = owed
        self.fields["amount"].initial = owed
        self.fields["received_on"].initial = day_of(timezone.now())
        self.fields["method"].initial = Gift.Method.TRANSFER

    def clean_amount(self) -> int:
        amount: int = self.cleaned_data["amount"]
        if not 0 < amount <= self.owed:
            raise ValidationError("Enter an amount above zero, and at most what is owed.")
        return amount

    def clean_received_on(self) -> Any:
        day = self.cleaned_data["received_on"]
        if day > day_of(timezone.now()):
            raise ValidationError("This day is still to come.")
        return day
