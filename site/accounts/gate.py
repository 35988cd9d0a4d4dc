"""The staff pages open only to staff who gave their second factor in this very session."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

STAFF_PAGES = "/admin/"
# Assets that Wagtail's own pages load, which hold nothing of anybody, and a log-in form that urls.py redirects.
OPEN = ("/admin/jsi18n/", "/admin/sprite/", "/admin/login/")
# Wagtail's editor still writes inline script and style, so the staff pages cannot have the site's policy.
STAFF_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'self'",
        "form-action 'self'",
    )
)


class StaffGate:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(STAFF_PAGES):
            return self.get_response(request)
        response = self._turn_away(request) or self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", STAFF_POLICY)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    def _turn_away(self, request: HttpRequest) -> HttpResponse | None:
        """Where to send somebody who may not go on; None lets them through."""
        if request.path_info.startswith(OPEN):
            return None
        if not request.user.is_authenticated:
            return _redirect("account_login", request)
        if not request.user.is_staff:
            # Not a redirect: the log-in page would send a signed-in visitor straight back, for ever.
            raise PermissionDenied
        if not settings.STAFF_SECOND_FACTOR:
            return None
        if not is_mfa_enabled(request.user):
            return redirect("mfa_index")
        if not has_shown_second_factor(request):
            return _redirect("mfa_reauthenticate", request)
        return None


def has_shown_second_factor(request: HttpRequest) -> bool:
    """Whether staff may use their rights in this session, on whatever page."""
    if not settings.STAFF_SECOND_FACTOR:
        return True
    return any(record["method"] == "mfa" for record in get_authentication_records(request, request.user))


def _redirect(name: str, request: HttpRequest) -> HttpResponse:
    """Send them there and bring them back to what they wanted."""
    return redirect(f"{reverse(name)}?{urlencode({'next': request.get_full_path()})}")
