from __future__ import annotations

from typing import Any

from django import template

register = template.Library()


@register.simple_tag(takes_context=True)
def href(context: dict[str, Any], link: Any) -> str:
    """Where a LinkBlock leads. The request remembers the sites, so that a page of links asks for them once."""
    page = link.get("page")
    return (page.get_url(request=context.get("request")) if page else link.get("address")) or ""
