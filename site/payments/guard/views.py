"""The mailed link: it goes on where the visitor was."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import resolve
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from payments.guard import held


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def go_on(request: HttpRequest, token: str) -> HttpResponseBase:
    """A button first: programs that look into mails follow links, and this one works once."""
    now = timezone.now()
    if request.method != "POST":
        if held.is_there(token, now):
            return render(request, "payments/guard/go_on.html")
        return _over(request)
    typed = held.take_out(token, now)
    if typed is None:
        return _over(request)
    return _as_if_sent(request, typed)


def _as_if_sent(request: HttpRequest, typed: held.Typed) -> HttpResponseBase:
    """The form's own view answers, with what was typed an hour ago at most.

    As to a visitor who is not signed in: whoever typed it knew the address, and has not shown that the account is
    theirs. Somebody who is signed in and opens a mail that a stranger caused must not have their details replaced.
    """
    address = urlsplit(typed.path)
    match = resolve(address.path)
    request.user = AnonymousUser()
    form = typed.form.copy()
    form.setdefault("email", typed.email)
    form[held.FIELD] = held.let_pass(request, typed.email)
    request.path = request.path_info = address.path
    request.GET, request.POST = QueryDict(address.query), QueryDict(form.urlencode())
    request.resolver_match = match
    answer: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
    return answer


def _over(request: HttpRequest) -> HttpResponse:
    return render(request, "payments/guard/over.html", status=410)
