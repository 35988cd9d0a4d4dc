"""What an applicant types. Nobody is asked to prove anything."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone

from payments.currencies import refusal_of
from receipts.amounts import AmountField
from receipts.money import format_amount
from receipts.payer_form import text_field
from receipts.payers import PayerDetails
from training.bursaries.applying import Asked, free_tickets
from training.models import Session, Ticket

LONGEST_WORDS = 2000


def email_field(label: str, help_text: str) -> forms.EmailField:
    return forms.EmailField(
        label=label,
        max_length=254,
        help_text=help_text,
        error_messages={
            "required": "Enter your e-mail address.",
            "invalid": "Enter an e-mail address in full, like name@example.org.",
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


def words_field(label: str, *, missing: str = "", help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=LONGEST_WORDS,
        required=bool(missing),
        help_text=help_text,
        error_messages={"required": missing},
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class SeatField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        price = format_amount(obj.price_at(timezone.now()), settings.REPORTING_CURRENCY)
        return f"{obj.name}, {price}"


class ApplyForm(forms.Form):
    ticket = SeatField(
        label="Which seat?", queryset=Ticket.objects.none(), widget=forms.RadioSelect, empty_label=None,
        error_messages={"required": "Choose a seat.", "invalid_choice": "Choose one of these seats."},
    )  # fmt: skip
    name = text_field("Your name", most=120, autocomplete="name", missing="Enter your name.")
    alias = text_field(
        "Another name for lists",
        most=120,
        autocomplete="off",
        help_text="If you would rather not be called by your own name on lists and on your certificate. "
        "Nobody can tell that it is another one.",
    )
    email = email_field("E-mail address", "We only write that there is news about your place, and where to read it.")
    can_pay = AmountField(
        label=f"What can you pay yourself? ({settings.REPORTING_CURRENCY})",
        initial=0,
        help_text="Any amount, from 0.",
        error_messages={"required": "Enter an amount. It may be 0."},
    )
    words = words_field(
        "Anything you would like us to know",
        help_text="In your own words, if you like. You never have to tell what happened to you.",
    )
    language = forms.ChoiceField(label="Language of our mails", choices=settings.LANGUAGES, widget=forms.RadioSelect)

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tickets = free_tickets(session)
        self.fields["ticket"].queryset = session.tickets.filter(pk__in=[one.pk for one in tickets])  # type: ignore[attr-defined]
        if len(tickets) == 1:
            # There is nothing to choose.
            self.only_ticket: Ticket | None = tickets[0]
            del self.fields["ticket"]
        else:
            self.only_ticket = None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        ticket = self.only_ticket or cleaned.get("ticket")
        can_pay = cleaned.get("can_pay")
        if can_pay is not None and can_pay < 0:
            self.add_error("can_pay", "Enter 0 or more.")
        elif ticket and can_pay is not None and can_pay >= ticket.price_at(timezone.now()):
            self.add_error("can_pay", "That is the whole price: you can book this seat without a bursary.")
        elif can_pay and (refused := refusal_of(can_pay, settings.REPORTING_CURRENCY)):
            self.add_error("can_pay", refused)
        return cleaned

    def asked(self) -> Asked:
        typed = self.cleaned_data
        return Asked(
            ticket=self.only_ticket or typed["ticket"],
            name=" ".join(typed["name"].split()),
            alias=" ".join(typed["alias"].split()),
            email=typed["email"],
            can_pay=typed["can_pay"],
            words=typed["words"].strip(),
            language=typed["language"],
        )


class AnswerForm(forms.Form):
    words = words_field("Your answer", missing="Write an answer.")


class PayForm(forms.Form):
    """Who pays the rest: it may be somebody else, and the books know them alone."""

    name = text_field(
        "Name of whoever pays", most=200, autocomplete="name", missing="Enter a name.",
        help_text="As it should stand on the invoice.",
    )  # fmt: skip
    email = email_field("E-mail address for the invoice", "")

    def payer_details(self, language: str) -> PayerDetails:
        return PayerDetails(name=self.cleaned_data["name"], email=self.cleaned_data["email"], language=language)
