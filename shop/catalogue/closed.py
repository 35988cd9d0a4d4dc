"""Products on pages that are kept for somebody: who may not read the page may not buy from it either."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest
from wagtail.models import Page, PageViewRestriction

from pages import gates


def closed_to(request: HttpRequest, pages: Iterable[Page]) -> set[int]:
    """Of these pages, those that this visitor may not read. Two queries, however many pages."""
    restrictions = list(PageViewRestriction.objects.select_related("page").prefetch_related("groups"))
    if not restrictions:
        return set()
    shut = tuple(restriction.page.path for restriction in restrictions if not gates.accepts(request, restriction))
    return {page.pk for page in pages if page.path.startswith(shut)} if shut else set()
