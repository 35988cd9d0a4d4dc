from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from payments.guard import held, opened

register = template.Library()


@register.simple_tag(takes_context=True)
def guard_fields(context: dict[str, Any]) -> SafeString:
    """`{% guard_fields %}` in each form that leads to a checkout: when it was opened, and a pass."""
    request = context["request"]
    fields = [(opened.FIELD, opened.stamp(request))]
    if request.method == "POST" and (passed := held.pass_of(request)):
        fields.append((held.FIELD, passed))
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', fields)
