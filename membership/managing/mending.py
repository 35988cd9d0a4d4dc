"""To Stripe's page on which a change that waits is paid, or approved at the bank."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from membership.managing.owned import Owned, for_owner
from membership.managing.words import UNAVAILABLE
from payments import changing, gateway
from payments.views import see_other


@for_owner("POST", needs="waiting")
def finish_change(request: HttpRequest, owned: Owned) -> HttpResponse:
    try:
        url = changing.pay_url(owned.running_plan)
    except gateway.StripeProblem:
        messages.error(request, UNAVAILABLE)
        return redirect(owned.url)
    if url:
        return see_other(url)
    # Paid or dropped a moment ago: the page says which.
    changing.reread(owned.running_plan)
    return redirect(owned.url)
