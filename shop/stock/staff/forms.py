from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from shop.models import Stock
from shop.stock.counting import GROWS, MOST, SHRINKS, Reason
from shop.stock.reading import MOST_BYTES, Counted, Unreadable, rows_of

WHAT = [
    (Reason.COUNTED, "I counted: so many lie there"),
    *((reason, f"{reason.label}: so many more") for reason in GROWS),
    *((reason, f"{reason.label}: so many fewer") for reason in SHRINKS),
]
LOWEST, LONGEST_NOTE = 0, 200


class CountForm(forms.Form):
    reason = forms.ChoiceField(label="What happened", choices=WHAT, widget=forms.RadioSelect, initial=Reason.COUNTED)
    number = forms.IntegerField(label="How many", min_value=0, max_value=MOST)
    note = forms.CharField(label="Note", max_length=LONGEST_NOTE, required=False)
    # What was there when the form was shown.
    seen = forms.IntegerField(widget=forms.HiddenInput)


class MarkForm(forms.ModelForm[Stock]):
    class Meta:
        model = Stock
        fields = ["low_at"]
        labels = {"low_at": "Tell us when no more are left than"}
        help_texts = {"low_at": "0: only when nothing is left."}


class FileForm(forms.Form):
    file = forms.FileField(
        label="Counts",
        help_text="A CSV file whose first line names the columns “SKU” and “Count”. What it does not name stays.",
    )
    note = forms.CharField(label="Note", max_length=LONGEST_NOTE, required=False, help_text="Such as: yearly count.")

    def clean_file(self) -> list[Counted]:
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if file.size is None or file.size > MOST_BYTES:
            raise forms.ValidationError("This file is too large. Split it.")
        try:
            rows = rows_of(file.read())
        except Unreadable as unreadable:
            raise forms.ValidationError(str(unreadable)) from unreadable
        if not rows:
            raise forms.ValidationError("This file names no counts.")
        return rows
