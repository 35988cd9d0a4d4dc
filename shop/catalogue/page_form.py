"""What the editor of a product is told before it is saved."""

from __future__ import annotations

from collections import Counter
from typing import Any

from wagtail.admin.forms import WagtailAdminPageForm

from shop.models.variants_stay import kept

NOT_DELETED = (
    "It was sold or is counted in the stock, so it can’t be deleted and is back here. Untick “offered” instead, and "
    "nobody can buy it."
)


class ProductForm(WagtailAdminPageForm):
    def is_valid(self) -> bool:
        refused = self._bring_back()
        valid = bool(super().is_valid())
        for form in refused:
            form.add_error("is_offered", NOT_DELETED)
        return valid and not refused and self._tells_variants_apart()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if cleaned.get("second_option") and not cleaned.get("first_option"):
            self.add_error("second_option", "Name the first difference before the second.")
        if cleaned.get("slug") == "makers":
            # What lies there is the list of makers.
            self.add_error("slug", "This address is that of the makers. Choose another slug.")
        return cleaned

    def _bring_back(self) -> list[Any]:
        """The rows that were to be deleted and may not: they stand on the page again, with the reason."""
        if "variants" not in self.formsets:
            return []
        doomed = {
            form.instance.pk: form
            for form in self.formsets["variants"].initial_forms
            if form.instance.pk and form.data.get(form.add_prefix("DELETE"))
        }
        refused = []
        for variant in kept(self.formsets["variants"].model.objects.filter(pk__in=doomed)):
            form = doomed[variant.pk]
            form.data = form.data.copy()
            form.data[form.add_prefix("DELETE")] = ""
            refused.append(form)
        return refused

    def _tells_variants_apart(self) -> bool:
        """A customer must see what to choose between."""
        if "variants" not in self.formsets:
            return True
        rows = [form for form in self.formsets["variants"].forms if form not in self.formsets["variants"].deleted_forms]
        offered = [form for form in rows if form.cleaned_data.get("is_offered")]
        names = [_name(form) for form in offered]
        alike = [form for form in offered if Counter(names)[_name(form)] > 1]
        for form in alike:
            form.add_error("first_value", "Two variants are called the same. Say what sets them apart.")
        return not alike


def _name(form: Any) -> tuple[str, str]:
    return tuple(form.cleaned_data.get(field, "").strip().casefold() for field in ("first_value", "second_value"))
