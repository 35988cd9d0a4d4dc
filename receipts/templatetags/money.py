from __future__ import annotations

from django import template
from django.utils.translation import get_language

from receipts.money import format_amount

register = template.Library()


@register.filter
def money(amount: int | str | None, currency: str) -> str:
    """`{{ entry.amount|money:entry.currency }}` in the reader's language; nothing for no amount."""
    if amount is None or amount == "":
        return ""
    return format_amount(int(amount), str(currency), get_language() or "en")
