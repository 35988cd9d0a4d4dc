"""What the other apps show on "My account", through the Wagtail hook ``account_sections``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from wagtail import hooks


@dataclass(frozen=True, kw_only=True)
class AccountSection:
    order: int
    title: str
    template_name: str
    context: dict[str, Any] = field(default_factory=dict)


def sections_for(request: HttpRequest) -> list[AccountSection]:
    """Every section that has something to show to this visitor, in order."""
    offered = [section_of(request) for section_of in hooks.get_hooks("account_sections")]
    return sorted((section for section in offered if section), key=lambda section: section.order)
