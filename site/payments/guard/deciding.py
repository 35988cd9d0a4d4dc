"""The one question: may this visitor start a checkout now?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from payments.guard import failures, held, limits, proof, safe_mode, tallies
from payments.guard.opened import looks_hurried
from payments.guard.visitor import Visitor, visitor_of

TOKEN, ANSWER = "guard_challenge", "guard_answer"


class Need(Enum):
    NOTHING = "allowed"
    PROOF = "needs_proof"
    MAIL = "needs_mail"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    need: Need
    doublings: int = 0
    # Whether the request brought a proof of work along.
    proven: bool = False


def purpose_of(request: HttpRequest, email: str) -> str:
    """What a proof of work is good for: this form, filled in by this person."""
    return f"{request.path}|{email.strip().lower()}"


def check(request: HttpRequest, email: str) -> Verdict:
    """Ask before anything is written or Stripe is called. Each call counts as a try."""
    now = timezone.now()
    visitor = visitor_of(request, email, now)
    # One commit a try, however many rows it counts in.
    with transaction.atomic():
        tallies.count_minute("tries", now)
        verdict = _decide(request, email, visitor, now)
        if verdict.need is not Need.NOTHING:
            tallies.count_minute("refused", now)
    return verdict


def _decide(request: HttpRequest, email: str, visitor: Visitor, now: datetime) -> Verdict:
    if held.may_pass(request, email, now):
        return Verdict(need=Need.NOTHING)
    token, answer = request.POST.get(TOKEN, ""), request.POST.get(ANSWER, "")
    proven = bool(token) and proof.spend(token, answer, purpose=purpose_of(request, email), now=now)
    if safe_mode.is_on(now):
        safe_mode.note_try(now)
        return _by_mail(request, email, now, proven=proven)
    failed = failures.failed_cards(visitor.address, now)
    if failed >= 2 * limits.FAILED_CARDS.most:
        return _by_mail(request, email, now, proven=proven)
    if not proven and (looks_hurried(request) or failed >= limits.FAILED_CARDS.most):
        return Verdict(need=Need.PROOF, doublings=tallies.times_over(limits.address(), visitor.address))
    if not _has_places(visitor, now) and not proven:
        return Verdict(need=Need.PROOF, doublings=tallies.times_over(limits.address(), visitor.address))
    if not tallies.take(limits.site(), tallies.ALL, now):
        safe_mode.trip(now)
        return _by_mail(request, email, now, proven=proven)
    return Verdict(need=Need.NOTHING)


def _has_places(visitor: Visitor, now: datetime) -> bool:
    """Stops at the first that is full: a bot with a new e-mail address each time makes no new rows."""
    counted = [
        (limits.address(), visitor.address),
        (limits.session(), visitor.session),
        (limits.email(), visitor.email),
    ]
    return all(tallies.take(limit, key, now) for limit, key in counted if key)


def _by_mail(request: HttpRequest, email: str, now: datetime, *, proven: bool) -> Verdict:
    """By a mailed link; who is signed in has shown that the mailbox is theirs."""
    user = request.user
    if user.is_authenticated and user.email == email and tallies.take(limits.SIGNED_IN, str(user.pk), now):
        return Verdict(need=Need.NOTHING)
    return Verdict(need=Need.MAIL, proven=proven)
