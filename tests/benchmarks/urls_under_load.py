"""The site's addresses, beside them the least that a webhook can do, and a view that does nothing."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from config.urls import urlpatterns as site_urls
from payments import signatures


@csrf_exempt
def only_verify(request: HttpRequest) -> HttpResponse:
    genuine = signatures.judge(request.body, request.headers["Stripe-Signature"]) is signatures.Verdict.GENUINE
    return HttpResponse("ok", status=200 if genuine else 400)


def empty(request: HttpRequest) -> HttpResponse:
    """The least that any view costs: what stands around it."""
    return HttpResponse("")


urlpatterns = [path("empty/", empty), path("only-verify/", only_verify), *site_urls]
