"""Where the payer lands after Stripe's page."""

from __future__ import annotations

import logging

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from wagtail import hooks

from payments import gateway, worker
from payments.guard.failures import remember_start
from payments.mirror.ours import NotHereYet, NotOurs
from payments.models import Payment

log = logging.getLogger(__name__)

# The visitor's own session remembers which checkouts it started; only there does the page show details.
SESSION_KEY = "checkouts"


def remember_checkout(request: HttpRequest, payment: Payment) -> None:
    """Let this browser see the details of the checkout that it started, and count its declined cards there."""
    started = request.session.get(SESSION_KEY, [])
    request.session[SESSION_KEY] = [*started[-9:], str(payment.public_id)]
    remember_start(request, payment)


def to_checkout(request: HttpRequest, payment: Payment) -> HttpResponse:
    """Send the visitor to Stripe's page of a checkout that was begun, or to its result where it is over already."""
    remember_checkout(request, payment)
    return see_other(payment.checkout_url) if payment.is_open else to_result(payment.session_id or "")


def to_result(session_id: str) -> HttpResponse:
    return redirect(f"{reverse('checkout_return')}?{urlencode({'session': session_id})}")


def see_other(url: str) -> HttpResponse:
    """A 303: what was posted is not posted again there."""
    response = HttpResponseRedirect(url)
    response.status_code = 303
    return response


@never_cache
@require_GET
def checkout_return(request: HttpRequest) -> HttpResponse:
    """Show how the checkout ended. It asks Stripe itself and books, so that nobody waits for a webhook."""
    # PostgreSQL refuses NUL in a text.
    session_id = request.GET.get("session", "").replace("\x00", "")
    payment = Payment.objects.filter(session_id=session_id).first() if session_id else None
    if payment is None:
        raise Http404("no such checkout")
    if payment.status != Payment.Status.PAID:
        _ask_stripe(session_id)
        payment.refresh_from_db()
    is_theirs = may_see(request, payment)
    context = {
        "payment": payment if is_theirs else None,
        "status": payment.status,
        "links": links_of(payment) if is_theirs and payment.status == Payment.Status.PAID else [],
    }
    return render(request, f"payments/return_{_page(payment)}.html", context)


def links_of(payment: Payment) -> list[tuple[str, str]]:
    """Where the payer can go on from here with what was paid: words and path, as the offerings' ``paid_links`` say."""
    payables = payment.payables()
    return [link for links in hooks.get_hooks("paid_links") for link in links(payables)]


def _ask_stripe(session_id: str) -> None:
    try:
        worker.sync("checkout.session", session_id)
    except (gateway.StripeProblem, worker.Busy, worker.LeaseLost, NotOurs, NotHereYet) as error:
        # The worker or a later look will bring it; the page says that it is on its way.
        log.info("The return page could not sync: %s", type(error).__name__)


def _page(payment: Payment) -> str:
    if payment.status == Payment.Status.PAID:
        return "paid"
    if payment.status in {Payment.Status.EXPIRED, Payment.Status.FAILED}:
        return "not_paid"
    return "processing"


def may_see(request: HttpRequest, payment: Payment) -> bool:
    """Whether this visitor started the checkout or is its payer, signed in."""
    if str(payment.public_id) in request.session.get(SESSION_KEY, []):
        return True
    return request.user.is_authenticated and payment.payer.user_id == request.user.pk
