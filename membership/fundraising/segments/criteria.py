"""What may be asked about supporters. The form is the question: it is kept as it was filled in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django_countries import countries
from wagtail.admin.widgets import AdminDateInput

from accounts.choices import PURPOSES
from membership.fundraising.purposes import BookedFor, all_purposes
from membership.models import Tier
from receipts.models import Payer
from receipts.money import AmountError, parse_amount

ANY = [("", "Any")]
PRESETS = {
    "lybunt": "Gave last year, but not yet this year",
    "sybunt": "Gave some year, but not yet this year",
    "new": "Gave for the first time this year",
    "lapsed": "Nothing for 12 months",
}
RECURRING = {
    "active": "Gives regularly",
    "past_due": "Last payment failed",
    "paused": "Paused",
    "lapsed": "Gave regularly, and does no more",
    "none": "Never gave regularly",
}
YES_NO = [*ANY, ("yes", "Yes"), ("no", "No")]


def choice(label: str, choices: Any, **more: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, required=False, **more)


def day(label: str, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=AdminDateInput, **more)


class AmountInput(forms.CharField):
    """An amount in the currency of the reports, in minor units once it is cleaned."""

    def clean(self, value: Any) -> int | None:
        typed = super().clean(value)
        if not typed:
            return None
        try:
            return parse_amount(typed, settings.REPORTING_CURRENCY)
        except AmountError as error:
            raise forms.ValidationError(str(error)) from error


class CriteriaForm(forms.Form):
    preset = choice("In short", [*ANY, *PRESETS.items()])
    gave_from = day("Gave from")
    gave_until = day("Gave until")
    total_from = AmountInput(label="Gave at least", max_length=30, required=False, help_text="In those days, or ever.")
    total_to = AmountInput(label="Gave at most", max_length=30, required=False)
    purpose = choice("Gave for", ANY)
    first_from = day("First gift from")
    first_until = day("First gift until")
    last_from = day("Last gift from")
    last_until = day("Last gift until")
    recurring = choice("Gives regularly", [*ANY, *RECURRING.items()])
    tier = choice("Tier", ANY)
    card_expires = choice("Card expires", [*ANY, ("30", "Within 30 days"), ("60", "Within 60 days")])
    kind = choice("Kind", [*ANY, *Payer.Kind.choices])
    country = choice("Country", [*ANY, *countries])
    region = forms.CharField(label="State or region", max_length=100, required=False)
    has_email = choice("Has an e-mail address", YES_NO)
    wants = choice("Wants mails", [*ANY, *((key, one.label) for key, one in PURPOSES.items())])

    SECTIONS = (
        ("What they gave", ("preset", "gave_from", "gave_until", "total_from", "total_to", "purpose")),
        ("First and last gift", ("first_from", "first_until", "last_from", "last_until")),
        ("Regular support", ("recurring", "tier", "card_expires")),
        ("Who they are", ("kind", "country", "region", "has_email", "wants")),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.purposes: dict[str, BookedFor] = all_purposes()
        named = [(key, purpose.label) for key, purpose in self.purposes.items()]
        self.fields["purpose"].choices = [*ANY, *named]  # type: ignore[attr-defined]
        tiers = [(str(tier.pk), tier.name) for tier in Tier.objects.order_by("order", "pk")]
        self.fields["tier"].choices = [*ANY, *tiers]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        for start, end in (("gave_from", "gave_until"), ("first_from", "first_until"), ("last_from", "last_until")):
            if cleaned.get(start) and cleaned.get(end) and cleaned[end] < cleaned[start]:
                self.add_error(end, "This is before the first day.")
        least, most = cleaned.get("total_from"), cleaned.get("total_to")
        if least is not None and most is not None and most < least:
            self.add_error("total_to", "This is less than the least.")
        return cleaned

    def asked(self) -> dict[str, str]:
        """What was chosen, as it was typed: to be kept, and to be put into an address."""
        typed = {name: str(self.data.get(name, "")).strip() for name in self.fields}
        return {name: value for name, value in typed.items() if value}

    def sections(self) -> list[tuple[str, list[Any]]]:
        return [(title, [self[name] for name in names]) for title, names in self.SECTIONS]


def after(last: Any) -> Any:
    """The first moment that is no more within a period whose last day this is."""
    return last + timedelta(days=1)
