"""Forms of the staff's screens of consents."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.utils import timezone
from wagtail.admin.forms import WagtailAdminModelForm

from pages.consent import unreview
from pages.models import Consent
from pages.models.consents import LONGEST, Channel, Scope
from pages.private_names import names_in, remember_names, words_of_name

WHY = (
    ("renew", "To ask the person for a new consent"),
    ("withdraw", "To speak with the person about ending it"),
    ("check", "To compare it with the signed paper"),
    ("safety", "Somebody may be in danger"),
)


class ConsentForm(WagtailAdminModelForm):
    """A change is saved as something new to review; what was withdrawn meanwhile stays withdrawn."""

    person = forms.CharField(
        label="Who gave it",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
        help_text="The name, then after a comma where the signed paper is kept. It is encrypted: colleagues see it "
        "only with a permission of its own, and each look is logged.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            # It is never put into a page by itself; empty keeps it.
            self.fields["person"].required = False
            self.fields["person"].help_text = "Empty keeps what is there. It is encrypted."

    def clean_given_on(self) -> Any:
        day = self.cleaned_data["given_on"]
        if day > timezone.localdate():
            raise forms.ValidationError("This day is still to come.")
        return day

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        given_on, until = values.get("given_on"), values.get("until")
        if given_on and until and until - given_on > LONGEST:
            self.add_error("until", "A consent lasts at most three years: ask the person again before then.")
        if given_on and until and until < given_on:
            self.add_error("until", "The last day lies before the day on which it was given.")
        if values.get("alias") and self._is_real_name(values["alias"], values.get("person", "")):
            self.add_error("alias", "A part of this is the person’s real name. Ask them for an alias.")
        if not any(values.get(f"scope_{scope}") for scope in Scope):
            self.add_error("scope_text", "Choose what may be shown.")
        if not any(values.get(f"channel_{channel}") for channel in Channel):
            self.add_error("channel_website", "Choose where it may be shown.")
        if values.get("countries") and any(values.get(f"channel_{one}") for one in ("website", "shop", "social")):
            self.add_error("countries", "Leave this empty, or choose print alone: the others are seen everywhere.")
        return values

    def _is_real_name(self, alias: str, person: str) -> bool:
        if person:
            return bool(words_of_name(person) & words_of_name(alias))
        return bool(self.instance.pk and names_in(alias, of=self.instance))

    def save(self, commit: bool = True) -> Consent:
        consent: Consent = self.instance
        person = self.cleaned_data["person"].strip()
        if person:
            consent.person = person
        with transaction.atomic():
            self._write(consent)
            if person:
                remember_names(consent, person)
        return consent

    def _write(self, consent: Consent) -> None:
        if not consent.pk:
            consent.recorded_by = self.for_user
            consent.save()
            return
        unreview(consent, by=self.for_user)
        written = [*(name for name in self.cleaned_data if name != "person"), "sealed_person", "version"]
        # Only these: a withdrawal that came while the form was open must stand.
        consent.save(update_fields=[*written, "recorded_by", "reviewed_by", "reviewed_at"])


class WithdrawForm(forms.Form):
    reason = forms.ChoiceField(label="Why it ends", choices=Consent.Reason, widget=forms.RadioSelect)
    is_sure = forms.BooleanField(label="I understand that pictures are deleted, and that this cannot be undone.")


class LookForm(forms.Form):
    why = forms.ChoiceField(label="Why you need to know", choices=WHY, widget=forms.RadioSelect)
