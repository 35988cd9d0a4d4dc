"""How many of each line: to cancel, or to send back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from shop.models import OrderLine

LONGEST_REASON = 500


class UnitsForm(forms.Form):
    """One number for each line that has units left; ``most`` says how many, by the key of the line."""

    none_chosen = "Enter how many, of at least one thing."

    def __init__(self, *args: Any, lines: list[OrderLine], most: Mapping[int, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = {f"units_{line.pk}": line.pk for line in lines if most.get(line.pk)}
        own = list(self.fields)
        for line in lines:
            if left := most.get(line.pk):
                self.fields[f"units_{line.pk}"] = self._field(line, left)
        self.order_fields([*self.units, *own])

    def _field(self, line: OrderLine, left: int) -> forms.IntegerField:
        too_many = f"There {'is' if left == 1 else 'are'} only {left} of it."
        return forms.IntegerField(
            label=line.name,
            min_value=0,
            max_value=left,
            initial=0,
            help_text=f"How many of {left}." if left > 1 else "1, or 0 to leave it as it is.",
            widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "input--short"}),
            error_messages={
                "required": "Enter a number, such as 1, or 0.",
                "invalid": "Enter a number, such as 1.",
                "min_value": "Enter 0 or more.",
                "max_value": too_many,
            },
        )

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if not self.errors and not any(cleaned.get(name) for name in self.units):
            raise forms.ValidationError(self.none_chosen)
        return cleaned

    def quantities(self) -> dict[int, int]:
        """Units by the key of their line, of what was chosen."""
        return {pk: number for name, pk in self.units.items() if (number := self.cleaned_data.get(name))}


class CancelForm(UnitsForm):
    none_chosen = "Enter how many to cancel, of at least one thing."


class ReturnForm(UnitsForm):
    none_chosen = "Enter how many to send back, of at least one thing."
    reason = forms.CharField(
        label="Why do you send it back?",
        max_length=LONGEST_REASON,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": LONGEST_REASON}),
        help_text="It helps the makers. You need not say.",
    )
