from __future__ import annotations

from django import template

from shop.makers.showing import SOMEBODY

register = template.Library()


@register.simple_tag
def somebody() -> str:
    return SOMEBODY
