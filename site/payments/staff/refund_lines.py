"""The form of a refund by line: how many of each come back, and what of its money."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from payments.models import Payment, PaymentLine
from payments.refund_parts import LineLeft, RefundPart, left_of, total_of
from payments.staff.refund_fields import CommonFields
from receipts.chart import SALES, Account
from receipts.money import AmountError, format_amount, parse_amount, plain

COUNTED = SALES - {Account.SHIPPING_INCOME}
BY_PRICE = "Empty: what they cost."


def is_counted(line: PaymentLine) -> bool:
    """Whether it is of things that are counted; money alone goes back of a gift or of shipping."""
    return line.account in COUNTED


def goes_by_line(payment: Payment) -> bool:
    """Whether staff choose lines: there are several, or of one thing there may be some."""
    lines = [left.line for left in left_of(payment)]
    return len(lines) > 1 or any(map(is_counted, lines))


@dataclass(frozen=True)
class Row:
    """One line in the form's table."""

    left: LineLeft
    amount: forms.BoundField
    quantity: forms.BoundField | None


class LinesForm(CommonFields):
    """Left as it is, it gives back all that is left, or all that is left of ``items`` where these are named.

    A quantity without an amount costs what was paid for so many.
    """

    # Stripe's refusal, or ours, is about all of it.
    refusal_field = None

    def __init__(self, *args: Any, payment: Payment, items: Collection[int] = (), **kwargs: Any) -> None:
        super().__init__(*args, payment=payment, **kwargs)
        self.items = items
        self.left = [left for left in left_of(payment) if not left.is_nothing]
        for left in self.left:
            self._add_fields(left)

    def _add_fields(self, left: LineLeft) -> None:
        currency, key, counted = self.payment.currency, left.line.pk, is_counted(left.line) and left.quantity
        goes_back = not self.items or left.line.item_id in self.items
        if counted:
            self.fields[f"quantity_{key}"] = forms.IntegerField(
                label=f"How many of {left.line.description}",
                min_value=0,
                max_value=left.quantity,
                required=False,
                initial=left.quantity if goes_back else 0,
                error_messages={
                    "invalid": "Enter a whole number.",
                    "min_value": "Enter a whole number, 0 or more.",
                    "max_value": f"At most {left.quantity} of these can come back.",
                },
            )
        self.fields[f"amount_{key}"] = forms.CharField(
            label=f"Amount for {left.line.description}, in {currency}, with tax",
            max_length=30,
            required=False,
            initial=plain(left.gross, currency) if goes_back and not counted else "",
            help_text=BY_PRICE if counted else "",
        )

    @property
    def rows(self) -> Iterator[Row]:
        for left in self.left:
            quantity = f"quantity_{left.line.pk}"
            yield Row(left, self[f"amount_{left.line.pk}"], self[quantity] if quantity in self.fields else None)

    def clean(self) -> dict[str, Any]:
        super().clean()
        self.parts = [part for left in self.left if (part := self._part(left)) is not None]
        self.cleaned_data["amount"] = total = total_of(self.parts)
        if self.errors:
            return self.cleaned_data
        if not total:
            raise ValidationError("Say what goes back: a quantity or an amount of at least one line.")
        if total > self.payment.refundable_amount:
            rest = format_amount(self.payment.refundable_amount, self.payment.currency)
            raise ValidationError(f"That is more than what is left of this payment: {rest}.")
        return self.cleaned_data

    def _part(self, left: LineLeft) -> RefundPart | None:
        """What is asked for of a line; None where nothing is, or where what was typed makes no sense."""
        name = f"amount_{left.line.pk}"
        quantity = self.cleaned_data.get(f"quantity_{left.line.pk}") or 0
        typed = self.cleaned_data.get(name, "").strip()
        if not typed:
            return left.of_quantity(quantity) if quantity else None
        try:
            gross = parse_amount(typed, self.payment.currency)
        except AmountError as error:
            self.add_error(name, str(error))
            return None
        if gross > left.gross:
            rest = format_amount(left.gross, self.payment.currency)
            self.add_error(name, f"That is more than what is left of this line: {rest}.")
            return None
        return left.of_amount(gross, quantity=quantity) if gross or quantity else None
