from __future__ import annotations

from typing import Any

from django import template
from wagtail.models import BaseViewRestriction, Collection, Page, PageViewRestriction

from pages.gates import kept_groups

register = template.Library()
REMEMBERED = "_steadfast_restrictions"
WORDS = {BaseViewRestriction.PASSWORD: "With a password", BaseViewRestriction.LOGIN: "Signed in"}


@register.filter
def is_collection(thing: object) -> bool:
    return isinstance(thing, Collection)


@register.simple_tag(takes_context=True)
def who_may_read(context: dict[str, Any], page: Page) -> str:
    """For whom a page opens, in words; nothing for a page that everybody can read. One look-up a request."""
    request = context["request"]
    if not hasattr(request, REMEMBERED):
        setattr(request, REMEMBERED, _restrictions())
    readers = [who for path, who in getattr(request, REMEMBERED) if page.path.startswith(path)]
    # Each of them must let somebody in: the innermost says most.
    return readers[-1] if readers else ""


def _restrictions() -> list[tuple[str, str]]:
    names = kept_groups()
    restrictions = PageViewRestriction.objects.select_related("page").prefetch_related("groups").order_by("page__path")
    return [(restriction.page.path, _who(restriction, names)) for restriction in restrictions]


def _who(restriction: PageViewRestriction, names: dict[int, str]) -> str:
    if restriction.restriction_type in WORDS:
        return WORDS[restriction.restriction_type]
    return ", ".join(names.get(group.pk, group.name) for group in restriction.groups.all()) or "Nobody"
