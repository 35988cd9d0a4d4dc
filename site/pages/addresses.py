"""Addresses of listings: short enough to send to somebody, and never kept by a cache without asking."""

from __future__ import annotations

from django.http import QueryDict
from django.http.response import HttpResponseBase


def without_empty(asked: QueryDict) -> str | None:
    """What stands behind the path once the form's empty answers are left out; None where there are none to leave."""
    pairs = [(name, value) for name, values in asked.lists() for value in values]
    said = [(name, value) for name, value in pairs if value]
    if said == pairs:
        return None
    short = QueryDict(mutable=True)
    for name, value in said:
        short.appendlist(name, value)
    return f"?{short.urlencode()}" if said else ""


def ask_again(response: HttpResponseBase) -> HttpResponseBase:
    """Whoever keeps a copy asks us before showing it: a price may be over, the last one taken."""
    response["Cache-Control"] = "no-cache"
    return response
