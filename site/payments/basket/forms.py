from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings

from payments.basket.keeping import MOST_OF_ONE
from payments.goods import Goods
from payments.models import Basket
from payments.models.baskets import DETAILS, NOTHING_TYPED
from receipts.money import AmountError, parse_amount
from receipts.payer_form import PayerForm

QUANTITY = f"Enter a whole number from 1 to {MOST_OF_ONE}."
ADDRESS_ONLY = ("line1", "line2", "city", "postcode")


class QuantityForm(forms.Form):
    quantity = forms.IntegerField(
        min_value=1,
        max_value=MOST_OF_ONE,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), QUANTITY),
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": 1, "max": MOST_OF_ONE}),
    )


class AddForm(QuantityForm):
    """One thing, before it goes into the basket."""

    amount = forms.CharField(label="How much?", max_length=40, error_messages={"required": "Enter an amount."})

    def __init__(self, *args: Any, goods: Goods, is_countable: bool, locale: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.locale, self.currency = locale, settings.REPORTING_CURRENCY
        self.may_be_nothing = goods.may_be_nothing
        if goods.takes_amount:
            self.fields["amount"].widget.attrs.update(inputmode="decimal", autocomplete="off")
            self.fields["amount"].help_text = f"In {self.currency}."
        else:
            del self.fields["amount"]
        if not is_countable:
            del self.fields["quantity"]

    def clean_amount(self) -> int:
        try:
            amount = parse_amount(self.cleaned_data["amount"], self.currency, self.locale)
        except AmountError as error:
            raise forms.ValidationError(str(error)) from error
        if amount == 0 and not self.may_be_nothing:
            raise forms.ValidationError("Enter an amount above zero.")
        return amount


class CheckoutForm(PayerForm):
    """Who buys, and where it goes. The address is asked for only where something is sent or a receipt needs it."""

    note = forms.CharField(
        label="A word to us about this order",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Such as where a parcel may be left. Only the people who pack it read it.",
    )
    is_discreet = forms.BooleanField(
        label="Send it in a plain parcel",
        required=False,
        help_text="Without our name on the outside, and with nothing on the label that says what is in it.",
    )

    def __init__(self, *args: Any, basket: Basket, needs_address: bool, needs_delivery: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.basket, self.needs_delivery = basket, needs_delivery
        self.fields["name"].help_text = "As it should stand on the parcel and on what we issue."
        self.fields["email"].help_text = self.fields["email"].help_text or "We write there about your order."
        if not needs_delivery:
            del self.fields["note"], self.fields["is_discreet"]
        self._fill_in_from(basket)
        self.shape_address(is_required=needs_address)
        if not needs_address:
            # What is taxed is taxed where the customer lives: that much is asked.
            for field in {*ADDRESS_ONLY} & self.fields.keys():
                del self.fields[field]

    @property
    def more_fields(self) -> list[forms.BoundField]:
        """What stands below the address."""
        return [self[name] for name in ("note", "is_discreet") if name in self.fields]

    def _fill_in_from(self, basket: Basket) -> None:
        """What was typed at the checkout before."""
        if not basket.email:
            return
        for field in DETAILS:
            if field in self.fields and not self.fields[field].disabled:
                self.fields[field].initial = getattr(basket, field)

    def keep(self) -> None:
        """Write it down in the basket, so that the next page, and a visitor who comes back, finds it."""
        for field, empty in NOTHING_TYPED.items():
            setattr(self.basket, field, self.cleaned_data.get(field, empty))
        self.basket.save(update_fields=DETAILS)
        self.basket.touch()
