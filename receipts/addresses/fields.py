"""The address part of a form: the fields of the chosen country, checked and written as that country does."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict
from django_countries import countries

from receipts.addresses.postcodes import normalise_postcode, refusal_of_postcode
from receipts.addresses.regions import find_region
from receipts.addresses.shapes import PARTS, AddressShape, shape_of
from receipts.addresses.words import in_a_sentence

# The button's name, for browsers without a script.
SHOW_FIELDS = "show_fields"
# What browsers fill in by themselves.
AUTOCOMPLETE = {
    "line1": "address-line1",
    "line2": "address-line2",
    "city": "address-level2",
    "region": "address-level1",
    "postcode": "postal-code",
    "country": "country",
}


class RegionChoice(forms.ChoiceField):
    """A list to choose from that also takes what people call their region: "Maine" is "ME"."""

    def __init__(self, *, country: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.country = country

    def to_python(self, value: Any) -> str:
        typed = str(value or "")
        return find_region(self.country, typed) or typed

    def bound_data(self, data: Any, initial: Any) -> Any:
        return self.to_python(data)

    def prepare_value(self, value: Any) -> Any:
        return self.to_python(value)


class AddressFields(forms.BaseForm):
    """Mixin for a form with line1, line2, city, region, postcode and country: call ``shape_address`` in ``__init__``.

    Draw it with components/address_fields.html. Without a script, a button shows the fields of another country; the
    form then counts as not sent, and keeps all that was typed.
    """

    # Such as "shipping", where a page has two addresses.
    autocomplete_section = ""

    def shape_address(self, *, is_required: bool = True) -> None:
        """Fit the fields to the country that is chosen: after initial values are set, before any field is looked at."""
        kept = self._known_before()
        if self.is_bound and self.add_prefix(SHOW_FIELDS) in self.data:
            self._take_back()
        shape = self.address_shape
        for name in PARTS:
            if name in shape.fields or name in kept.get(shape.country, ()):
                self._fit(name, shape, is_required=is_required)
            else:
                del self.fields[name]
        # A form may need the country alone, for the tax of what is sent to nobody.
        self.fields["country"].required |= is_required
        self.fields["country"].error_messages["required"] = "Choose your country."
        self.fields["country"].widget.attrs["data-reshapes"] = ""
        for name in (*PARTS, "country"):
            if name in self.fields:
                word = f"{self.autocomplete_section} {AUTOCOMPLETE[name]}".strip()
                self.fields[name].widget.attrs["autocomplete"] = word

    @property
    def address_shape(self) -> AddressShape:
        return shape_of(self._chosen_country())

    def address_rows(self) -> list[list[forms.BoundField]]:
        """The fields below the country, as they stand in its addresses."""
        shape = self.address_shape
        rows = [[self[name] for name in row if name in self.fields] for row in shape.rows]
        return rows + [[self[name]] for name in PARTS if name in self.fields and name not in shape.fields]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name in PARTS:
            if name not in self.fields:
                cleaned[name] = ""
        country, region, typed = (str(cleaned.get(name) or "") for name in ("country", "region", "postcode"))
        if typed and country and "region" not in self.errors:
            postcode = normalise_postcode(typed, country=country, region=region)
            if postcode is None:
                self.add_error("postcode", refusal_of_postcode(typed, country=country, region=region))
            else:
                cleaned["postcode"] = postcode
        return cleaned

    # -- How it is fitted ------------------------------------------------------------------------------------

    def _take_back(self) -> None:
        """Only the fields were asked for: show what was typed, and find no fault with it."""
        typed = {
            name: field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
            for name, field in self.fields.items()
            if not field.disabled
        }
        self.initial = {**self.initial, **typed}
        self.data, self.files, self.is_bound = MultiValueDict(), MultiValueDict(), False

    def _chosen_country(self) -> str:
        chosen = self["country"].value() if "country" in self.fields else ""
        code = str(getattr(chosen, "code", chosen) or "")
        return code if code in countries else ""

    def _known_before(self) -> dict[str, list[str]]:
        """By the country, what an address holds already: it stays, though its country may have no place for it."""
        known = self.get_initial_for_field(self.fields["country"], "country")
        filled = [name for name in PARTS if self.get_initial_for_field(self.fields[name], name)]
        return {str(getattr(known, "code", known) or ""): filled}

    def _fit(self, name: str, shape: AddressShape, *, is_required: bool) -> None:
        is_needed = is_required and name in shape.required
        label = shape.labels[name]
        if name == "region" and shape.regions and "region" in shape.fields:
            self.fields[name] = RegionChoice(
                country=shape.country,
                choices=[("", f"Choose your {in_a_sentence(label)}"), *shape.regions],
                initial=self.fields[name].initial,
                error_messages={"invalid_choice": f"Choose your {in_a_sentence(label)} from the list."},
            )
        field = self.fields[name]
        field.label, field.required = label, is_needed
        field.error_messages["required"] = _missing(name, label, has_list=isinstance(field, RegionChoice))


def _missing(name: str, label: str, *, has_list: bool) -> str:
    if name == "line1":
        return "Enter the first line of your address."
    return f"{'Choose' if has_list else 'Enter'} your {in_a_sentence(label)}."
