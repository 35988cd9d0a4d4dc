"""The forms of a statement: the file, how it is to be read, and what a line is booked for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from membership.fundraising.bank_import.booking import Part
from membership.fundraising.bank_import.layout import LABELS, REQUIRED, Layout
from membership.fundraising.bank_import.reading import MOST_BYTES, Unreadable, head_of, text_of
from membership.fundraising.bank_import.values import DECIMALS, ORDERS
from membership.fundraising.offline_form import text
from membership.fundraising.purposes import all_purposes
from membership.models import BankLine
from receipts.models import Payer
from receipts.money import AmountError, format_amount, parse_amount


class UploadForm(forms.Form):
    account = text("Bank account", 60, required=True, help_text="What you call it, such as “Main account”.")
    file = forms.FileField(
        label="Statement", help_text="A CSV file from your bank, of at most 2 MB. It is forgotten once it is read."
    )

    def clean_account(self) -> str:
        return " ".join(self.cleaned_data["account"].replace("\x00", "").split())

    def clean_file(self) -> bytes:
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if file.size is None or file.size > MOST_BYTES:
            raise forms.ValidationError("This file is too large. Export a shorter period from your bank.")
        content = file.read()
        try:
            self.cleaned_data["text"] = text_of(content)
            head_of(self.cleaned_data["text"])
        except Unreadable as unreadable:
            raise forms.ValidationError(str(unreadable)) from unreadable
        return content


class LayoutForm(forms.Form):
    """Which column is what. What can be read in two ways has no answer until somebody gives one."""

    has_header = forms.BooleanField(label="The first line names the columns", required=False)
    order = forms.ChoiceField(
        label="How dates are written",
        choices=ORDERS,
        widget=forms.RadioSelect,
        error_messages={"required": "These dates can be read in two ways. Say which is right."},
    )
    decimal = forms.ChoiceField(
        label="How amounts are written",
        choices=DECIMALS,
        widget=forms.RadioSelect,
        error_messages={"required": "These amounts can be read in two ways. Say which is right."},
    )

    def __init__(self, *args: Any, head: list[str], guess: Layout, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.delimiter = guess.delimiter
        for role, label in LABELS.items():
            choices = [(str(place), f"{place + 1}: {cell[:40]}") for place, cell in enumerate(head)]
            self.fields[role] = forms.ChoiceField(
                label=label, choices=[("", "Not in this file"), *choices], required=role in REQUIRED
            )
            self.fields[role].initial = getattr(guess, role)
        for name in ("has_header", "order", "decimal"):
            self.fields[name].initial = getattr(guess, name)
        self.order_fields([*LABELS, "has_header", "order", "decimal"])

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        chosen: dict[str, str] = {}
        for role in LABELS:
            column = cleaned.get(role)
            if column and column in chosen.values():
                self.add_error(role, "This column is something else already.")
            elif column:
                chosen[role] = column
        return cleaned

    def layout(self) -> Layout:
        cleaned = self.cleaned_data
        columns = {role: int(cleaned[role]) for role in LABELS if cleaned.get(role)}
        return Layout(
            delimiter=self.delimiter,
            has_header=cleaned["has_header"],
            order=cleaned["order"],
            decimal=cleaned["decimal"],
            **columns,
        )


class BookForm(forms.Form):
    """What a line is for: one fund, or two with a part for the second."""

    purpose = forms.ChoiceField(label="Fund or campaign")
    second_amount = text("Part of it for something else", 30, help_text="Empty: all of it goes to the one above.")
    second_purpose = forms.ChoiceField(label="And that part is for", required=False)

    def __init__(self, *args: Any, line: BankLine, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.line, self.purposes = line, all_purposes()
        choices = [(one.key, one.label) for one in self.purposes.values()]
        self.fields["purpose"].choices = choices  # type: ignore[attr-defined]
        self.fields["second_purpose"].choices = [("", "Nothing else"), *choices]  # type: ignore[attr-defined]

    def clean_second_amount(self) -> int:
        typed = self.cleaned_data["second_amount"]
        if not typed.strip():
            return 0
        try:
            amount = parse_amount(typed, self.line.currency)
        except AmountError as error:
            raise forms.ValidationError(str(error)) from error
        if not 0 < amount < self.line.amount:
            whole = format_amount(self.line.amount, self.line.currency)
            raise forms.ValidationError(f"A part is more than nothing and less than {whole}.")
        return amount

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if cleaned.get("second_amount") and not cleaned.get("second_purpose"):
            self.add_error("second_purpose", "Say what this part is for.")
        return cleaned

    def parts(self) -> list[Part]:
        cleaned, second = self.cleaned_data, self.cleaned_data["second_amount"]
        one = self.purposes[cleaned["purpose"]]
        parts = [Part(amount=self.line.amount - second, fund=one.fund, campaign=one.campaign)]
        if second:
            other = self.purposes[cleaned["second_purpose"]]
            parts.append(Part(amount=second, fund=other.fund, campaign=other.campaign))
        return parts


class NewPayerForm(forms.Form):
    kind = forms.ChoiceField(label="Who paid", choices=Payer.Kind.choices, widget=forms.RadioSelect)
    name = text("Name", 200, required=True)
    email = forms.EmailField(label="E-mail", required=False)
