"""Units of an order's lines, typed beside each of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from shop.models import Order, OrderLine

MEANWHILE = "Something about this order changed meanwhile. Look at it as it is now, and go on."


def standing(order: Order) -> str:
    """What became of each unit so far: asked twice, an answer to another standing counts once."""
    lines = sorted(order.order_lines.all(), key=lambda line: line.pk)
    return ".".join(f"{line.sent}-{line.cancelled}-{line.returned}" for line in lines)


@dataclass(frozen=True, kw_only=True)
class Units:
    """A line, how many of it can be named, and the field for it."""

    line: OrderLine
    most: int
    field: forms.BoundField


class UnitsForm(forms.Form):
    """A number for each line that has some left; at least one of them above zero."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    nothing = "Say how many, for at least one line."

    def __init__(self, *args: Any, order: Order, left: Mapping[int, int], start: int | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.order, self.left = order, left
        self.order_lines = [line for line in order.order_lines.order_by("pk") if left.get(line.pk)]
        for line in self.order_lines:
            most = left[line.pk]
            self.fields[name_of(line)] = forms.IntegerField(
                label=str(line.title), min_value=0, max_value=most, initial=most if start is None else start
            )
        self.fields["seen"].initial = standing(order)

    def units(self) -> list[Units]:
        return [Units(line=line, most=self.left[line.pk], field=self[name_of(line)]) for line in self.order_lines]

    def others(self) -> Iterable[forms.BoundField]:
        names = {name_of(line) for line in self.order_lines}
        return [field for field in self.visible_fields() if field.name not in names]

    def quantities(self) -> dict[int, int]:
        return {line.pk: self.cleaned_data[name_of(line)] for line in self.order_lines}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("seen") != standing(self.order):
            raise ValidationError(MEANWHILE)
        if not self.errors and not any(self.quantities().values()):
            raise ValidationError(self.nothing)
        return cleaned


def name_of(line: OrderLine) -> str:
    return f"line-{line.pk}"
