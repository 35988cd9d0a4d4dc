"""What every refund form asks, and the form for a payment that is one thing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from payments.models import Payment, Refund
from payments.refund_parts import RefundPart, asked_of
from receipts.money import AmountError, format_amount, parse_amount, plain

MEANWHILE = "Meanwhile money of this payment was given back. Look at the amounts again before you go on."


class CommonFields(forms.Form):
    """``parts`` says from which lines it goes back, once the form is valid; empty: from all that is left."""

    reason = forms.CharField(
        max_length=200, help_text="Stays with the refund, for the people who check the books. Write no names here."
    )
    # What had been given back when the staff member looked: asked twice, a confirmation counts once.
    given_back = forms.IntegerField(widget=forms.HiddenInput)

    # The field beside which a refusal is told.
    refusal_field: str | None = "amount"

    def __init__(self, *args: Any, payment: Payment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.payment = payment
        self.parts: list[RefundPart] = []
        self.fields["given_back"].initial = payment.refunded_amount

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("given_back") != self.payment.refunded_amount:
            raise ValidationError(MEANWHILE)
        return self.cleaned_data

    @property
    def as_typed(self) -> Iterator[tuple[str, Any]]:
        """Name and text of each field, for the second look to send again."""
        return ((name, self[name].value()) for name in self.fields)


class RefundForm(CommonFields):
    amount = forms.CharField(max_length=30)

    field_order = ("amount", "reason")

    def __init__(self, *args: Any, payment: Payment, waiting: Refund | None, **kwargs: Any) -> None:
        super().__init__(*args, payment=payment, **kwargs)
        self.waiting = waiting
        left = waiting.amount if waiting else payment.refundable_amount
        self.fields["amount"].help_text = f"In {payment.currency}. At most {format_amount(left, payment.currency)}."
        self.fields["amount"].initial = plain(left, payment.currency)
        if waiting:
            # The request that did not get through is asked again; another amount would be another refund.
            self.fields["amount"].disabled = True
            self.fields["reason"].initial = waiting.reason
            self.parts = asked_of(waiting)

    def clean_amount(self) -> int:
        try:
            amount = parse_amount(self.cleaned_data["amount"], self.payment.currency)
        except AmountError as error:
            raise ValidationError(str(error)) from error
        if amount == 0:
            raise ValidationError("Enter an amount above zero.")
        if not self.waiting and amount > self.payment.refundable_amount:
            left = format_amount(self.payment.refundable_amount, self.payment.currency)
            raise ValidationError(f"That is more than what is left of this payment: {left}.")
        return amount
