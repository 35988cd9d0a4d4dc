"""How the catalogue joins Wagtail's editor."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from wagtail import hooks
from wagtail.models import Page

from pages.offers import Offer
from shop.catalogue.block import render_products
from shop.catalogue.editing import refuse_alias, refuse_to_delete


@hooks.register("register_offer")
def products_on_pages() -> Offer:
    return Offer(kind="shop.products", label="Products of the shop", render=render_products)


@hooks.register("before_delete_page")
def keep_what_was_sold(request: HttpRequest, page: Page) -> HttpResponse | None:
    return refuse_to_delete(request, [page])


@hooks.register("before_bulk_action")
def keep_all_that_was_sold(
    request: HttpRequest, action: str, objects: list[Any], action_instance: Any
) -> HttpResponse | None:
    if action == "delete" and action_instance.models == [Page]:
        return refuse_to_delete(request, objects)
    return None


@hooks.register("before_copy_page")
def copy_without_alias(request: HttpRequest, page: Page) -> HttpResponse | None:
    return refuse_alias(request, page)
