from __future__ import annotations

from typing import Any

from django import forms

from membership.fee_cover import cover_at, rates_for
from membership.gift_purposes import open_purposes
from membership.giving import GiftTerms, refuse_amount
from membership.joining import NotOffered
from membership.models import GivingSettings, Interval
from membership.tribute_form import TributeFields
from receipts.models import Payer
from receipts.money import MOST_DIGITS, AmountError, format_amount, minor_digits, parse_amount
from receipts.payer_form import PayerForm, text_field
from receipts.payers import PayerDetails

ONCE, OTHER = "once", "other"
FREQUENCIES = [(ONCE, "Once"), *Interval.choices]
CHECKBOXES = ("covers_fee", "show_amount", "is_on_wall", "hides_name", "hides_amount")
TOO_MANY = "You chose {chosen} and typed another amount. Choose “Another amount” to give what you typed, or empty it."


class AmountChoice(forms.ChoiceField):
    """The suggested amounts, in minor units, and "other". Those of another frequency are as good as any amount."""

    widget = forms.RadioSelect

    def valid_value(self, value: object) -> bool:
        text = str(value)
        return text == OTHER or (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS)


class GiftForm(TributeFields, PayerForm):
    """What is given, how often, for what, by whom, and what may be shown of it."""

    field_order = ("frequency", "amount", "other_amount", "covers_fee", "purpose", "giver", "organisation")

    frequency = forms.ChoiceField(
        label="How often do you want to give?",
        choices=FREQUENCIES,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how often.", "invalid_choice": "Choose one of these."},
    )
    amount = AmountChoice(
        label="How much?",
        error_messages={"required": "Choose an amount.", "invalid_choice": "Choose one of these amounts."},
    )
    other_amount = forms.CharField(
        label="Another amount",
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    covers_fee = forms.BooleanField(label="Also cover the card costs", required=False)
    purpose = forms.ChoiceField(
        label="What should your gift do?",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose what your gift is for.",
            "invalid_choice": "This one takes no gifts any more. Choose one of these.",
        },
    )
    giver = forms.ChoiceField(
        label="Who gives?",
        choices=[(Payer.Kind.PERSON, "I give, as a person"), (Payer.Kind.ORGANISATION, "A company or organisation")],
        widget=forms.RadioSelect,
        initial=Payer.Kind.PERSON,
        error_messages={"required": "Choose who gives.", "invalid_choice": "Choose one of these."},
    )
    organisation = text_field(
        "Name of the organisation",
        most=200,
        autocomplete="organization",
        help_text="As it should stand on the receipt. Below, your own name is the contact person’s.",
    )
    is_on_wall = forms.BooleanField(label="Show my gift where supporters are shown", required=False)
    hides_name = forms.BooleanField(label="Don’t show my name", required=False)
    hides_amount = forms.BooleanField(label="Don’t show the amount", required=False)
    wall_name = forms.CharField(
        label="Name to show", max_length=80, required=False, help_text="Leave it empty to show the name above."
    )
    message = forms.CharField(label="A word to go with it", max_length=280, required=False)
    # The page that led here, such as a block's reference.
    came_from = forms.CharField(max_length=80, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, giving: GivingSettings, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shape_address()
        self.giving, self.currency = giving, giving.currency
        self.digits = minor_digits(self.currency)
        self.rates = rates_for(self.currency)
        self.purposes = {purpose.key: purpose for purpose in open_purposes(giving)}
        purposes = [(purpose.key, purpose.label) for purpose in self.purposes.values()]
        self.fields["purpose"].choices = purposes  # type: ignore[attr-defined]
        self.fields["purpose"].initial = "any"
        if len(self.purposes) == 1:
            self.fields["purpose"].widget = forms.HiddenInput()
        if self.rates is None:
            del self.fields["covers_fee"]
        self.fields["other_amount"].help_text = f"In {self.currency}, at least {self.money(giving.smallest)}."
        self.fields["amount"].choices = self._amounts()  # type: ignore[attr-defined]

    def money(self, amount: int) -> str:
        return format_amount(amount, self.currency, self.locale)

    @property
    def chosen_interval(self) -> str:
        """The interval that the page is drawn for; also where something else is wrong."""
        frequency = str(self["frequency"].value() or ONCE)
        return frequency if frequency in Interval.values else ""

    def _amounts(self) -> list[tuple[str, str]]:
        suggested = self.giving.suggested(self.chosen_interval)
        chosen = str(self["amount"].value() or "")
        # An amount that belongs to another frequency, where no script changed the choice.
        typed = [int(chosen)] if chosen != OTHER and AmountChoice().valid_value(chosen) else []
        amounts = sorted({*suggested, *typed})
        return [*((str(amount), self.money(amount)) for amount in amounts), (OTHER, "Another amount")]

    # -- Checking -------------------------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "amount" in cleaned and "other_amount" in cleaned:
            self._take_amount(cleaned["amount"], cleaned["other_amount"].strip())
        if cleaned.get("giver") == Payer.Kind.ORGANISATION and not cleaned.get("organisation"):
            self.add_error("organisation", "Enter the name of the organisation.")
        return cleaned

    def _take_amount(self, chosen: str, typed: str) -> None:
        if chosen != OTHER and typed:
            self.add_error("other_amount", TOO_MANY.format(chosen=self.money(int(chosen))))
            return
        field = "other_amount" if chosen == OTHER else "amount"
        try:
            amount = parse_amount(typed, self.currency, self.locale) if chosen == OTHER else int(chosen)
            refuse_amount(amount, self.giving, self.locale)
        except (AmountError, NotOffered) as error:
            self.add_error(field, str(error))
            return
        self.cleaned_data["gift_amount"] = amount

    # -- Answers --------------------------------------------------------------------------------------------

    def payer_details(self) -> PayerDetails:
        typed = ("email", "line1", "line2", "city", "region", "postcode", "country")
        kind = self.cleaned_data["giver"]
        return PayerDetails(
            **{field: self.cleaned_data[field] for field in typed},
            name=self.cleaned_data["organisation" if kind == Payer.Kind.ORGANISATION else "name"],
            kind=kind,
            language=self.locale,
        )

    def gift_terms(self) -> GiftTerms:
        cleaned, purpose = self.cleaned_data, self.purposes[self.cleaned_data["purpose"]]
        choices = ("is_on_wall", "hides_name", "hides_amount", "wall_name", "message", "came_from")
        return GiftTerms(
            amount=cleaned["gift_amount"],
            interval=self.chosen_interval,
            covers_fee=bool(cleaned.get("covers_fee")),
            fund=purpose.fund,
            campaign=purpose.campaign,
            contact_name=cleaned["name"] if cleaned["giver"] == Payer.Kind.ORGANISATION else "",
            tribute=self.tribute_terms(),
            **{field: cleaned[field] for field in choices},
        )

    # -- For the page ---------------------------------------------------------------------------------------

    def suggestions(self) -> dict[str, list[list[str]]]:
        """The amounts of every frequency, for the script that exchanges them."""
        intervals = {ONCE: "", **{interval: interval for interval in Interval.values}}
        return {
            frequency: [[str(amount), self.money(amount)] for amount in self.giving.suggested(interval)]
            for frequency, interval in intervals.items()
        }

    def cover_of_chosen(self) -> int:
        """What covers the costs of the amount that is chosen as the page is drawn; 0 where none is."""
        chosen = str(self["amount"].value() or "")
        if self.rates is None or chosen == OTHER or not AmountChoice().valid_value(chosen):
            return 0
        return cover_at(int(chosen), self.rates)
