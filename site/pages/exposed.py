"""Files that a part of a page for members shows, but that lie where everybody can fetch them: editors are told."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.text import get_text_list
from wagtail.models import Page

from pages.models import SiteDocument, SiteImage
from pages.private_files import private_collections


def exposed_files(page: Page) -> list[str]:
    """Titles of the pictures and documents that are meant for members and are public."""
    body = getattr(page, "body", None)
    if body is None:
        return []
    is_closed = page.get_view_restrictions().exists()
    found: dict[Any, set[str]] = {SiteImage: set(), SiteDocument: set()}
    for model, pk, path, _ in body.stream_block.extract_references(body):
        if model in found and (is_closed or path.startswith("members.body")):
            found[model].add(pk)
    hidden = private_collections()
    return sorted(
        title
        for model, pks in found.items()
        for title in model.objects.filter(pk__in=pks).exclude(collection__in=hidden).values_list("title", flat=True)
    )


def warn_of_exposed_files(request: HttpRequest, page: Page) -> None:
    titles = exposed_files(page)
    if titles:
        messages.warning(
            request,
            f"The page is for members, but not all that it shows: {get_text_list(titles, 'and')} can be fetched by "
            "anybody who knows the address. Move them to a private collection to close that.",
        )
