"""Stripe's form encoding: ``a[b][0][c]=v``."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl


def parse_form(text: str) -> dict[str, Any]:
    """Nested dicts of strings; a list is a dict of digits until the contract says that it is a list."""
    nested: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        keys = name.replace("]", "").split("[")
        branch = nested
        for key in keys[:-1]:
            below = branch.setdefault(key or str(len(branch)), {})
            if not isinstance(below, dict):
                below = branch[key] = {}
            branch = below
        branch[keys[-1] or str(len(branch))] = value
    return nested
