"""The page behind the link that stops mails: works without a log-in, and tells nothing about anybody."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.stopping import stop


# The token is the right to do it. Mail readers post here by themselves (RFC 8058) and have no cookie of ours; they
# also open every link, which is why a GET changes nothing.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop_mail(request: HttpRequest, token: str) -> HttpResponse:
    if request.method != "POST":
        return render(request, "accounts/stop_mail.html")
    stop(token)
    return render(request, "accounts/mail_stopped.html")
