"""What people type on the pages of their booking."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from training.models import Enrolment, Ticket
from training.sessions.times import days_of

LONGEST_NAME = 120


class NameForm(forms.Form):
    name = forms.CharField(
        label="Name",
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text="Of who takes part.",
        error_messages={"required": "Enter a name."},
    )
    alias = forms.CharField(
        label="Called on lists",
        max_length=LONGEST_NAME,
        required=False,
        help_text="Only if another name should stand on lists and on the certificate. Nobody can tell that it is "
        "another one, and the name above is kept sealed.",
    )
    email = forms.EmailField(
        label="E-mail address",
        required=False,
        help_text="Of who takes part. We mail them a link to their own page, and reminders.",
        error_messages={"invalid": "Enter an e-mail address, such as name@example.org."},
    )

    def __init__(self, *args: Any, enrolment: Enrolment, with_email: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.has_sealed_name = bool(enrolment.sealed_person)
        if not with_email:
            del self.fields["email"]
        if self.has_sealed_name:
            self.fields["name"].required = False
            self.fields["name"].help_text = "One is kept sealed, and not shown here. Empty: it stays."

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if self.has_sealed_name and not cleaned.get("name") and not cleaned.get("alias"):
            self.add_error("name", "Enter a name.")
        return cleaned


def what_is_known(enrolment: Enrolment) -> dict[str, str]:
    """A sealed name is not among it: whoever looks over a shoulder must not read it."""
    called = "alias" if enrolment.sealed_person else "name"
    return {called: enrolment.shown_as, "email": enrolment.email}


class MoveForm(forms.Form):
    ticket = forms.ChoiceField(
        label="Which date?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a date.", "invalid_choice": "This date can’t be had any more."},
    )

    def __init__(self, *args: Any, targets: Iterable[Ticket], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.targets = {str(ticket.pk): ticket for ticket in targets}
        choices: Any = self.fields["ticket"]
        choices.choices = [(pk, label_of(ticket)) for pk, ticket in self.targets.items()]

    def chosen(self) -> Ticket:
        return self.targets[self.cleaned_data["ticket"]]


def label_of(ticket: Ticket) -> str:
    days = days_of(ticket.session)
    first = days[0].words if days else ""
    more = f" and {len(days) - 1} more {'day' if len(days) == 2 else 'days'}" if len(days) > 1 else ""
    return ", ".join(part for part in (ticket.session.name, first + more, ticket.name) if part)


class CancelForm(forms.Form):
    # What the page said goes back: at midnight it may be less, and then it is said again.
    amount = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
