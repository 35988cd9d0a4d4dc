"""Search that survives what people type.

Wagtail's database search breaks on quotes, NUL and empty words (SQLite) and on hundreds of words (PostgreSQL).
"""

from __future__ import annotations

import re
from typing import Any

from django.db.models import QuerySet

LONGEST = 100
MOST_WORDS = 8
WORD = re.compile(r"\w+")


def words_of(text: str) -> list[str]:
    return WORD.findall(text[:LONGEST])[:MOST_WORDS]


def safe_search(rows: QuerySet[Any], text: str) -> Any:
    """Rows that match every word, best first; nothing for a text without words."""
    words = words_of(text)
    if not words:
        return rows.none()
    return rows.search(" ".join(words), operator="and")  # type: ignore[attr-defined]
