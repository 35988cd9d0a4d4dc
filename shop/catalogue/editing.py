"""What editors can't do with a product's page, said before they try."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from wagtail.admin import messages
from wagtail.models import Page

from shop.models import ProductPage, Variant
from shop.models.variants_stay import kept

SOLD = (
    "“{title}” was sold or is counted in the stock, so it can’t be deleted: orders and the books speak of it. "
    "Unpublish it instead, and nobody sees it any more."
)
NO_ALIAS = "A product can’t be an alias of another: each is counted by SKUs of its own. Copy it without “alias”."


def refuse_to_delete(request: HttpRequest, pages: Iterable[Page]) -> HttpResponse | None:
    """Sends the editor back with a reason where a page, or one below it, may not go."""
    for page in pages:
        below = ProductPage.objects.descendant_of(page, inclusive=True)
        variant = kept(Variant.objects.filter(product__in=below)).select_related("product").first()
        if variant is not None:
            messages.error(request, SOLD.format(title=variant.product.title))
            return redirect("wagtailadmin_explore", page.get_parent().pk)
    return None


def refuse_alias(request: HttpRequest, page: Page) -> HttpResponse | None:
    wants_alias = request.method == "POST" and request.POST.get("alias")
    if wants_alias and ProductPage.objects.descendant_of(page, inclusive=True).exists():
        messages.error(request, NO_ALIAS)
        return redirect("wagtailadmin_pages:copy", page.pk)
    return None
