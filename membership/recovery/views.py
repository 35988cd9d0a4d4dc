"""The page behind the mailed link: what failed, and three ways to mend it, without a log-in.

Whoever has the link may see what a forwarded mail says anyway: what it is for, the sum, the masked card. Never a name
or an address. Everything is a plain form, and "paid" is said only after Stripe was asked.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts.steady import steady
from membership.recovery import asking, words
from membership.recovery.mails import come_back_path
from membership.recovery.standing import Stand, Standing, standing_of
from payments import cards, gateway
from payments.decline_reasons import for_payer
from payments.guard import limits, tallies
from payments.guard.visitor import address_key
from payments.models import CardChange
from payments.views import see_other

TRIES = limits.Limit("mend", 6, limits.HOUR)


def unlisted(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The address is a key: no search engine keeps it, no cache, and no page that a link here leads to learns it."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow"
        if response.status_code != 404:
            response["Referrer-Policy"] = "no-referrer"
        return response

    return never_cache(guarded)


# The token is the right to do it; without a referrer, a browser's posts have no origin that Django could compare.
@csrf_exempt
@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
def mend(request: HttpRequest, token: str) -> HttpResponse:
    standing = standing_of(token)
    if standing is None:
        return _unknown(request)
    if request.method != "POST":
        return _page(request, token, standing)
    action = ACTIONS.get(request.POST.get("do", ""))
    if action is None or not standing.can_be_mended:
        return see_other(reverse("mend", args=[token]))
    if not tallies.take(TRIES, standing.link.nonce.hex, timezone.now()):
        return _page(request, token, standing, trouble="too_often", status=429)
    try:
        return see_other(action(token, standing))
    except gateway.StripeProblem:
        return _page(request, token, standing, trouble="unavailable", status=503)
    except cards.NoCustomer:
        return _page(request, token, standing, trouble="no_card", status=409)


def _other_card(token: str, standing: Standing) -> str:
    # The braces are for the card change's own id, which is not known yet.
    back = reverse("mend", args=[token]) + "back/{change}/"
    return cards.begin(standing.link.plan, for_all=False, return_path=back)


def _same_card(token: str, standing: Standing) -> str:
    cards.pay_open_invoice(standing.link.plan)
    return f"{reverse('mend', args=[token])}?{urlencode({'tried': 'same'})}"


def _look_again(token: str, standing: Standing) -> str:
    """For whoever paid or approved it on Stripe's or their bank's page, before Stripe's word has come."""
    cards.look_again(standing.link.plan)
    return f"{reverse('mend', args=[token])}?{urlencode({'tried': 'look'})}"


ACTIONS: dict[str, Callable[[str, Standing], str]] = {"card": _other_card, "same": _same_card, "look": _look_again}


@unlisted
@require_safe
def back(request: HttpRequest, token: str, change: UUID) -> HttpResponse:
    """Back from Stripe's page for cards. Loading it again changes nothing."""
    standing = standing_of(token)
    plan = standing.link.plan if standing else None
    begun = CardChange.objects.select_related("customer__payer").filter(public_id=change, plan=plan).first()
    if standing is None or plan is None or begun is None:
        return _unknown(request)
    try:
        result = cards.finish(begun)
    except gateway.StripeProblem:
        return _page(request, token, standing, trouble="later", status=503)
    tried = "other" if result.is_changed else "none"
    return redirect(f"{reverse('mend', args=[token])}?{urlencode({'tried': tried})}")


def _page(
    request: HttpRequest, token: str, standing: Standing, *, trouble: str = "", status: int = 200
) -> HttpResponse:
    plan, failure = standing.link.plan, standing.failure
    context = {
        "mend_path": reverse("mend", args=[token]),
        "standing": standing,
        "what": words.what(standing.subscription),
        "card": words.card(plan),
        "amount": failure.amount if failure else plan.amount,
        "currency": standing.subscription.currency,
        "reason": for_payer(failure.reason) if failure else "",
        "what_next": words.what_next(failure),
        "bank_url": failure.pay_url if failure and standing.stand == Stand.OPEN else "",
        "come_back_path": come_back_path(standing.subscription),
        "statement_name": settings.STATEMENT_NAME,
        "tried": request.GET.get("tried", ""),
        "trouble": trouble,
    }
    return render(request, f"membership/mend/{standing.stand}.html", context, status=status)


def _unknown(request: HttpRequest) -> HttpResponse:
    return render(request, "membership/mend/unknown.html", {"form": asking.AddressForm()}, status=404)


@never_cache
@steady
@require_http_methods(["GET", "HEAD", "POST"])
def new_link(request: HttpRequest) -> HttpResponse:
    """A new link, mailed to the address on file. The answer is the same whether we know the address or not."""
    form = asking.AddressForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return render(request, "membership/mend/unknown.html", {"form": form})
    if not form.is_valid():
        return render(request, "membership/mend/unknown.html", {"form": form}, status=422)
    asking.send_links(form.cleaned_data["email"], from_address=address_key(request, timezone.now()))
    return render(request, "membership/mend/sent.html", {"email": form.cleaned_data["email"]})
