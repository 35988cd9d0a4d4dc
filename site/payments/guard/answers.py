"""What a visitor sees whom the guard holds up: a page that carries what was typed and goes on from there."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from accounts.mailing import send_mail_later
from payments.guard import held, limits, tallies
from payments.guard.deciding import ANSWER, TOKEN, Need, Verdict, check, purpose_of
from payments.guard.opened import FIELD as OPENED
from payments.guard.proof import new_challenge
from payments.guard.visitor import visitor_of

WISH = "guard"
OURS = ("csrfmiddlewaretoken", WISH, TOKEN, ANSWER, OPENED, held.FIELD)
# No form of ours comes near; what is longer is not kept.
LONGEST = 20_000


def stop(request: HttpRequest, *, email: str) -> HttpResponse | None:
    """None, and the checkout may start; or the page to answer with instead.

    Call it in a view with valid input, before anything is written. ``email`` is what was typed.
    """
    verdict = check(request, email)
    if verdict.need is Need.NOTHING:
        return None
    if request.POST.get(WISH) == "mail":
        return _send_link(request, email, verdict)
    return _ask(request, email, verdict)


def _ask(request: HttpRequest, email: str, verdict: Verdict) -> HttpResponse:
    context = {
        "by_mail": verdict.need is Need.MAIL,
        "challenge": new_challenge(purpose_of(request, email), doublings=verdict.doublings),
        "action": request.get_full_path(),
        "typed": [(name, value) for name, values in _typed(request).lists() for value in values],
    }
    return render(request, "payments/guard/check.html", context, status=429)


def _send_link(request: HttpRequest, email: str, verdict: Verdict) -> HttpResponse:
    now, typed = timezone.now(), _typed(request)
    visitor = visitor_of(request, email, now)
    if len(typed.urlencode()) > LONGEST or not tallies.take(limits.MAILS_FROM_ONE, visitor.address, now):
        return _busy(request)
    # The same answer when this address has had its mails: it tells nobody what others did.
    if tallies.take(limits.MAILS_TO_ONE, visitor.email, now):
        if not _is_mail_left(now, proven=verdict.proven):
            return _busy(request)
        _mail_link(typed, path=request.get_full_path(), email=email, now=now)
    return render(request, "payments/guard/sent.html", {"email": email})


def _is_mail_left(now: datetime, *, proven: bool) -> bool:
    if not proven and not tallies.take(limits.MAILS_WITHOUT_PROOF, tallies.ALL, now):
        return False
    return tallies.take(limits.MAILS, tallies.ALL, now)


def _busy(request: HttpRequest) -> HttpResponse:
    return render(request, "payments/guard/busy.html", status=429)


@transaction.atomic
def _mail_link(typed: QueryDict, *, path: str, email: str, now: datetime) -> None:
    token = held.hold(typed, path=path, email=email, now=now)
    send_mail_later(
        template="payments/mail/go_on",
        to=email,
        context={"continue_url": settings.BASE_URL + reverse("checkout_go_on", args=[token])},
        language=get_language() or "en",
    )


def _typed(request: HttpRequest) -> QueryDict:
    typed = request.POST.copy()
    for name in OURS:
        typed.pop(name, None)
    return typed
