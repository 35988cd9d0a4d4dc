"""What the editor of a product is told before it is saved."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db.models import Q
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.models import Revision

from shop.models.variants_stay import kept

NOT_DELETED = (
    "It was sold or is counted in the stock, so it can’t be deleted and is back here. Untick “offered” instead, and "
    "nobody can buy it."
)
IN_A_DRAFT = "A draft of “{title}” has this SKU. Each variant needs one of its own."


class ProductForm(WagtailAdminPageForm):
    def is_valid(self) -> bool:
        refused = self._bring_back()
        valid = bool(super().is_valid())
        for form in refused:
            form.add_error("is_offered", NOT_DELETED)
        return valid and not refused and self._tells_variants_apart() and self._has_skus_of_its_own()

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

    def _variants(self) -> list[Any]:
        """The rows that stay."""
        if "variants" not in self.formsets:
            return []
        return [form for form in self.formsets["variants"].forms if form not in self.formsets["variants"].deleted_forms]

    def _has_skus_of_its_own(self) -> bool:
        """Also beside drafts: of two with one SKU, the second could not go live."""
        changed = [form for form in self._variants() if "sku" in form.changed_data]
        drafted = _skus_of_drafts(self.instance) if changed else {}
        taken = [form for form in changed if form.cleaned_data.get("sku") in drafted]
        for form in taken:
            form.add_error("sku", IN_A_DRAFT.format(title=drafted[form.cleaned_data["sku"]]))
        return not taken

    def _tells_variants_apart(self) -> bool:
        """A customer must see what to choose between."""
        rows = self._variants()
        offered = [form for form in rows if form.cleaned_data.get("is_offered")]
        names = [_name(form) for form in offered]
        alike = [form for form in offered if Counter(names)[_name(form)] > 1]
        for form in alike:
            form.add_error("first_value", "Two variants are called the same. Say what sets them apart.")
        return not alike


def _name(form: Any) -> tuple[str, str]:
    return tuple(form.cleaned_data.get(field, "").strip().casefold() for field in ("first_value", "second_value"))


def _skus_of_drafts(product: Any) -> dict[str, str]:
    """The SKUs in what other products are going to be, each with the product's title."""
    others = type(product).objects.exclude(pk=product.pk)
    latest = others.filter(has_unpublished_changes=True).values("latest_revision")
    drafts = Revision.page_revisions.filter(Q(pk__in=latest) | Q(approved_go_live_at__isnull=False))
    contents = drafts.exclude(object_id=str(product.pk)).values_list("content", flat=True)
    return {
        variant["sku"]: content["title"] for content in contents.iterator() for variant in content.get("variants", ())
    }
