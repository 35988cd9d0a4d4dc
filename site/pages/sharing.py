"""Pages as search engines and messengers read them: schema.org's words, and a picture of the right shape."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from wagtail.models import Page

SHARED = "fill-1200x630|format-jpeg"
# What a reader of HTML would take for the end of the script, or for the beginning of another.
ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def as_script(told: Any) -> SafeString:
    """JSON that can stand inside a script element, whatever a title says."""
    return mark_safe(json.dumps(told, ensure_ascii=False).translate(ESCAPES))  # noqa: S308


def absolute(path: str) -> str:
    return path if "://" in path else f"{settings.BASE_URL}{path}"


def trail_facts(crumbs: Iterable[tuple[str, str]], page: Page) -> dict[str, Any]:
    """schema.org's BreadcrumbList: names and paths of what lies above, then the page itself."""
    trail = [*crumbs, (page.title, page.get_url() or "")]
    return {
        "@context": "https://schema.org/",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": name, "item": absolute(path)}
            for place, (name, path) in enumerate(trail, start=1)
        ],
    }
