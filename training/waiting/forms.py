from __future__ import annotations

from typing import Any

from django import forms

from receipts.amounts import AmountField
from receipts.payer_form import text_field
from training.models import Ticket
from training.waiting.joining import MOST_SEATS

NUMBER = f"Enter a whole number from 1 to {MOST_SEATS}."


class JoinForm(forms.Form):
    name = text_field("Your name", most=120, autocomplete="name", missing="Enter your name.")
    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        help_text="We write there when a seat is free for you. It is used for nothing else.",
        error_messages={"required": "Enter your e-mail address."},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    seats = forms.IntegerField(
        label="How many seats?",
        min_value=1,
        max_value=MOST_SEATS,
        initial=1,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), NUMBER),
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": 1, "max": MOST_SEATS}),
    )


class OwnPriceForm(forms.Form):
    """What somebody pays for each seat that is offered to them, where people pay what they can."""

    amount = AmountField(label="What can you pay for each seat?")

    def __init__(self, *args: Any, ticket: Ticket, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("amount", ticket.price)
        if not ticket.is_own_price:
            del self.fields["amount"]
