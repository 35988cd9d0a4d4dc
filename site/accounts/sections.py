"""What the other apps show on "My account", through the Wagtail hook ``account_sections``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from wagtail import hooks


@dataclass(frozen=True, kw_only=True)
class AccountSection:
    order: int
    title: str
    template_name: str
    context: dict[str, Any] = field(default_factory=dict)

    def render(self, request: HttpRequest) -> str:
        """Its own template with its own context: what one section is given, another does not see."""
        return render_to_string(self.template_name, self.context, request=request)


def sections_for(request: HttpRequest) -> list[AccountSection]:
    """Every section that has something to show to this visitor, in order."""
    offered = [section_of(request) for section_of in hooks.get_hooks("account_sections")]
    return sorted((section for section in offered if section), key=lambda section: section.order)
