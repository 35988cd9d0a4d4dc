from __future__ import annotations

from django import template

register = template.Library()


@register.filter
def tenths_of_percent(value: int | None) -> str:
    """405 as "40.5 %"; nothing of nothing is a dash."""
    return "–" if value is None else f"{value // 10}.{value % 10} %"
