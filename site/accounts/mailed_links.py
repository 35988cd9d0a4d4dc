"""Links that are mailed: whoever has one may see one thing, without a log-in. Nothing of a person stands in it.

It is signed for the address that it was mailed to: when that changes, or is forgotten, the link is dead.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache


def token_of(public_id: UUID, *, use: str, email: str) -> str:
    """``use`` is what the link opens, such as "shop.order": a token for one thing opens no other."""
    return _signer(use, email).sign(public_id.hex)


def opens(token: str, public_id: UUID, *, use: str, email: str) -> bool:
    try:
        return _signer(use, email).unsign(token) == public_id.hex
    except signing.BadSignature:
        return False


def public_id_in(token: str) -> UUID | None:
    """Which thing a token claims to open."""
    try:
        return UUID(hex=token.split(":", 1)[0])
    except ValueError:
        return None


def by_link(find: Callable[[str, Any], Any]) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """For views behind such links: ``find`` takes the token and the user, and raises Http404.

    No search engine keeps the page, no cache, and no site learns its address.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponse:
            response = view(request, find(token, request.user), **kwargs)
            response["X-Robots-Tag"] = "noindex, nofollow"
            response["Referrer-Policy"] = "same-origin"
            return response

        return never_cache(guarded)

    return decorate


def _signer(use: str, email: str) -> signing.Signer:
    return signing.Signer(salt=f"{use}:{email.casefold()}")
