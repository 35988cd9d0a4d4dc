"""The answers of the sign-in forms take as long for an address that we know as for one that we don't.

Both ways do nearly the same work: one look-up, one mail written down, one session. What is left (a row more here, a
query more there) hides behind a time that every answer takes at least. Nothing else on the site is held up.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

FORMS = "/accounts/"


class SteadyAnswers:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST" or not request.path_info.startswith(FORMS):
            return self.get_response(request)
        began = time.monotonic()
        response = self.get_response(request)
        time.sleep(max(0, settings.SIGN_IN_SECONDS - (time.monotonic() - began)))
        return response


def steady(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The same for one view elsewhere that must not tell whether it knows an address."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        began = time.monotonic()
        response = view(request, *args, **kwargs)
        if request.method == "POST":
            time.sleep(max(0, settings.SIGN_IN_SECONDS - (time.monotonic() - began)))
        return response

    return answer
