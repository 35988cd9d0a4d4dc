"""In honour, in memory: the part of the gift form that asks about it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone

from membership.models import Tribute
from membership.tributes import TributeTerms

NONE = "none"
# A link in a message that we carry to strangers is what a swindler would want from us.
LINK = re.compile(r"(https?:|www\.|://|\b[\w-]+\.(com|net|org|info|io|ru|cn|xyz|top|link)\b)", re.IGNORECASE)
LATEST = timedelta(days=730)


def refuse_links(text: str) -> None:
    if LINK.search(text):
        raise forms.ValidationError("Leave out web addresses: we can’t pass them on.")


class NoticeForm(forms.Form):
    """To whom the family's notice goes, and what it says."""

    family_name = forms.CharField(label="Name of the family or of whom to tell", max_length=120, required=False)
    family_email = forms.EmailField(
        label="Their e-mail address",
        max_length=254,
        required=False,
        help_text="We write there once, on the day you choose, and use it for nothing else.",
        error_messages={"invalid": "Enter an e-mail address in full, like name@example.org."},
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    tribute_message = forms.CharField(
        label="Your words to them", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    def notice(self) -> dict[str, str]:
        cleaned = self.cleaned_data
        return {
            "family_name": cleaned["family_name"],
            "family_email": cleaned["family_email"],
            "message": cleaned["tribute_message"],
        }

    def clean_family_name(self) -> str:
        refuse_links(self.cleaned_data["family_name"])
        return str(self.cleaned_data["family_name"])

    def clean_tribute_message(self) -> str:
        refuse_links(self.cleaned_data["tribute_message"])
        return str(self.cleaned_data["tribute_message"])


class TributeFields(NoticeForm):
    tribute = forms.ChoiceField(
        label="Is your gift for somebody?",
        choices=[(NONE, "No"), *Tribute.Kind.choices],
        widget=forms.RadioSelect,
        initial=NONE,
        required=False,
        error_messages={"invalid_choice": "Choose one of these."},
    )
    honouree = forms.CharField(label="Whom do you give for?", max_length=120, required=False)
    sender_shown_as = forms.CharField(
        label="From whom?",
        max_length=120,
        required=False,
        help_text="As the family reads it, such as “All of us at the library”. Leave it empty for your own name.",
    )
    notify_on = forms.DateField(
        label="On which day?",
        required=False,
        help_text="Leave it empty to write as soon as the gift has arrived.",
        error_messages={"invalid": "Enter a day, such as 2026-12-24."},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    show_amount = forms.BooleanField(label="Tell them the amount", required=False)

    def clean_honouree(self) -> str:
        refuse_links(self.cleaned_data["honouree"])
        return str(self.cleaned_data["honouree"])

    def clean_sender_shown_as(self) -> str:
        refuse_links(self.cleaned_data["sender_shown_as"])
        return str(self.cleaned_data["sender_shown_as"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.is_tribute:
            self._forget_errors()
            return cleaned
        if not cleaned.get("honouree") and "honouree" not in self.errors:
            self.add_error("honouree", "Enter the name of whom you give for.")
        wants_notice = cleaned.get("family_name") or cleaned.get("tribute_message") or cleaned.get("notify_on")
        if wants_notice and not cleaned.get("family_email") and "family_email" not in self.errors:
            self.add_error("family_email", "Enter the address to write to, or empty the fields about the family.")
        self._check_day(cleaned)
        return cleaned

    @property
    def is_tribute(self) -> bool:
        return self.cleaned_data.get("tribute") in Tribute.Kind.values

    def _forget_errors(self) -> None:
        """What is wrong in fields that are not asked for is nobody's concern."""
        for field in ("honouree", "family_name", "family_email", "tribute_message", "sender_shown_as", "notify_on"):
            self.errors.pop(field, None)

    def _check_day(self, cleaned: dict[str, Any]) -> None:
        day, today = cleaned.get("notify_on"), timezone.localdate()
        if day and day < today:
            self.add_error("notify_on", "Choose today or a later day.")
        elif day and day > today + LATEST:
            self.add_error("notify_on", "Choose a day within the next two years.")

    def tribute_terms(self) -> TributeTerms | None:
        cleaned = self.cleaned_data
        if not self.is_tribute:
            return None
        return TributeTerms(
            kind=cleaned["tribute"],
            honouree=cleaned["honouree"],
            family_name=cleaned["family_name"],
            family_email=cleaned["family_email"],
            message=cleaned["tribute_message"],
            sender_shown_as=cleaned["sender_shown_as"],
            show_amount=cleaned["show_amount"],
            notify_on=(cleaned["notify_on"] or timezone.localdate()) if cleaned["family_email"] else None,
        )
