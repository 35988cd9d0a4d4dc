"""A variant that was sold, or of which some lie ready, outlives every draft: it is taken off the shelf, not deleted.

Publishing writes a page's variants as they were when the draft was saved. Without this, a draft from before a variant
was added, or one that removed a variant which was sold since, could not be published at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet
from wagtail.models import Page

if TYPE_CHECKING:
    from wagtail.models import Revision

    from shop.models.catalogue import ProductPage, Variant

SKU_TAKEN = "Another product has the SKU {skus} by now. Each variant needs one of its own."


def kept(variants: QuerySet[Variant]) -> QuerySet[Variant]:
    """Those that may not be deleted."""
    model = variants.model
    lines = model._meta.get_field("order_lines").related_model
    movements = model._meta.get_field("stock_movements").related_model
    sold = Exists(lines.objects.filter(variant=OuterRef("pk")))
    moved = Exists(movements.objects.filter(variant=OuterRef("pk")))
    return variants.filter(Q(sold) | Q(moved) | Q(stock__on_hand__gt=0))


def free_sku(sku: str, taken: Iterable[str]) -> str:
    """The SKU for a copy: with the first number behind it that nobody has."""
    used = set(taken)
    number = 2
    while (candidate := f"{sku[:35]}-{number}") in used:
        number += 1
    return candidate


class VariantsStay(Page):
    """What a page with variants does when it is copied and when an old draft of it is taken up."""

    # Copied by ``copy_all_child_relations`` with SKUs of their own; drafts of the copy get the same ones.
    exclude_fields_in_copy = ["variants"]

    class Meta:
        abstract = True

    def with_content_json(self, content: dict[str, Any]) -> ProductPage:
        draft: ProductPage = super().with_content_json(content)
        model = draft._meta.get_field("variants").related_model
        in_draft = {variant.pk for variant in draft.variants.all()}
        for variant in kept(model.objects.filter(product_id=self.pk)).exclude(pk__in=in_draft - {None}):
            variant.is_offered = False
            draft.variants.add(variant)
        return draft

    def publish(self, revision: Revision, **kwargs: Any) -> Any:
        """Raises ValidationError for a draft with an SKU that another product was given since it was saved."""
        model = self._meta.get_field("variants").related_model
        skus = [variant.sku for variant in revision.as_object().variants.all()]
        taken = model.objects.filter(sku__in=skus).exclude(product_id=self.pk).order_by("sku")
        if found := ", ".join(taken.values_list("sku", flat=True)):
            raise ValidationError(SKU_TAKEN.format(skus=found))
        return super().publish(revision, **kwargs)

    def copy_all_child_relations(
        self, target: Any, exclude: Iterable[str] | None = None, commit: bool = False, append: bool = False
    ) -> dict[Any, Any]:
        copied: dict[Any, Any] = super().copy_all_child_relations(target, exclude=exclude, commit=commit, append=append)
        if "variants" in (exclude or ()):
            target.variants = self._variants_with_new_skus()
        return copied

    def _variants_with_new_skus(self) -> list[Variant]:
        model = self._meta.get_field("variants").related_model
        taken = set(model.objects.values_list("sku", flat=True))
        copies = list(model.objects.filter(product_id=self.pk))
        for variant in copies:
            variant.pk = None
            variant._state.adding = True
            variant.sku = free_sku(variant.sku, taken)
            taken.add(variant.sku)
        return copies
