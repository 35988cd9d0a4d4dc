"""Pages that show all of somebody's data, or give it away, open only to who has signed in a moment ago.

Most people here have no password to ask for again. A new sign-in by mailed code proves as much, with limits and
expiry that exist already; staff give their password and second factor on the same way.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

SECONDS = 15 * 60

View = Callable[..., HttpResponseBase]


def signed_in_recently(request: HttpRequest) -> bool:
    since = time.time() - SECONDS
    return any(record["at"] >= since for record in get_authentication_records(request, request.user))


def recent_sign_in_required(view: View) -> View:
    @wraps(view)
    @login_required
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if signed_in_recently(request):
            return view(request, *args, **kwargs)
        return redirect(f"{reverse('account_sign_in_again')}?{urlencode({'next': request.path})}")

    return guarded
