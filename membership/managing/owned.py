"""Whose subscription it is, and what can be done with it now. Every page here begins with this."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from membership.models import Gift, Membership
from membership.states import State
from payments.models import Payment, Plan, PlanTerms

CANCELLABLE = (State.ACTIVE, State.PAST_DUE, State.PAUSED)

UNSETTLED = "while it is paused, behind with a payment, about to end, or waiting for another change"
# Said where a page was opened for something that can't be done (any more).
WHY_NOT = {
    "can_change_terms": f"This can't be changed {UNSETTLED}.",
    "can_move": f"The next payment can't be moved {UNSETTLED}.",
    "can_pause": "This can't be paused while a payment is open or after its end was asked for.",
    "can_resume": "This is not paused.",
    "can_cancel": "This is not renewed any more.",
    "can_keep": "Its end is not planned.",
    "runs": "This has ended.",
    "can_restart": "This is still running.",
    "waiting": "No change waits for a payment.",
}


@dataclass
class Owned:
    """A subscription of the visitor's own, with the plan that keeps it paid."""

    subscription: Membership | Gift
    plan: Plan | None

    @property
    def title(self) -> str:
        return title_of(self.subscription)

    @property
    def is_membership(self) -> bool:
        return isinstance(self.subscription, Membership)

    @property
    def membership(self) -> Membership:
        """For pages that only a membership has."""
        if not isinstance(self.subscription, Membership):
            raise Http404
        return self.subscription

    @property
    def word(self) -> str:
        return "membership" if self.is_membership else "gift"

    @property
    def running_plan(self) -> Plan:
        """For pages that are only reached while it runs."""
        if self.plan is None or self.plan.is_over:
            raise Http404
        return self.plan

    @property
    def url(self) -> str:
        return reverse("manage_subscription", args=[self.subscription.public_id])

    # -- What can be done now -------------------------------------------------------------------------------

    @property
    def runs(self) -> bool:
        return self.plan is not None and not self.plan.is_over

    @cached_property
    def waiting(self) -> PlanTerms | None:
        """A change whose payment failed or must be approved at the bank."""
        asked = self.plan.asked_terms() if self.plan and self.runs else None
        return asked if asked and asked.state == PlanTerms.State.WAITING else None

    @property
    def is_settled(self) -> bool:
        """It runs as it should, and nothing waits for an answer."""
        plan = self.plan
        return (
            plan is not None
            and plan.status in ("active", "trialing")
            and not plan.is_paused
            and not plan.cancel_at_period_end
            and self.subscription.state == State.ACTIVE
            and self.waiting is None
        )

    @property
    def can_change_terms(self) -> bool:
        return self.is_settled

    @property
    def can_move(self) -> bool:
        return self.is_settled

    @property
    def can_pause(self) -> bool:
        """Also one that is paused: its end can be moved."""
        return self.is_settled or bool(self.runs and self.plan and self.plan.is_paused and not self.can_keep)

    @property
    def can_resume(self) -> bool:
        return bool(self.runs and self.plan and (self.plan.is_paused or self.plan.status == "paused"))

    @property
    def can_cancel(self) -> bool:
        """Stripe's own word: what is behind with a payment can be cancelled, and kept, too."""
        return self.runs and self.subscription.state in CANCELLABLE and not self.can_keep

    @property
    def can_keep(self) -> bool:
        return bool(self.runs and self.plan and self.plan.cancel_at_period_end)

    @property
    def can_restart(self) -> bool:
        """What was given to somebody has no plan, and nothing to begin again while it lasts."""
        lasts = isinstance(self.subscription, Membership) and self.subscription.is_live_now
        return not self.runs and (self.plan is not None or not lasts)

    def reload(self) -> None:
        """After Stripe was asked, and its answer read."""
        self.subscription.refresh_from_db()
        if self.plan:
            self.plan.refresh_from_db()
        self.__dict__.pop("waiting", None)

    def payments(self) -> Any:
        return (
            Payment.objects.paid()
            .filter(items__payable_kind=self.subscription.kind(), items__payable_id=self.subscription.pk)
            .select_related("transaction")
            .prefetch_related("transaction__receipts")
            .order_by("-paid_at", "-pk")
        )


def title_of(subscription: Membership | Gift) -> str:
    if isinstance(subscription, Membership):
        return str(subscription.tier.name)
    return f"{subscription.get_interval_display()} gift"


def memberships_of(user: Any) -> Any:
    mine = Membership.objects.of_user(user).begun()
    return mine.select_related("payer", "tier", "next_tier")


def gifts_of(user: Any) -> Any:
    """Those that recur: what was given once is among the payments."""
    return Gift.objects.of_user(user).begun().exclude(interval="").select_related("payer", "fund", "campaign")


def find(user: Any, public_id: UUID) -> Owned:
    """The user's own subscription; a stranger's does not exist."""
    for mine in (memberships_of(user), gifts_of(user)):
        subscription = mine.filter(public_id=public_id).first()
        if subscription is not None:
            return Owned(subscription=subscription, plan=subscription.plan())
    raise Http404


def for_owner(*methods: str, needs: str = "") -> Callable[[Any], Any]:
    """A page about one's own subscription. ``needs`` names what must be possible now, in the words of ``Owned``."""

    def decorate(view: Callable[..., HttpResponse]) -> Any:
        @wraps(view)
        def wrapped(request: HttpRequest, public_id: UUID, **more: Any) -> HttpResponse:
            owned = find(request.user, public_id)
            if needs and not getattr(owned, needs):
                messages.info(request, WHY_NOT[needs])
                return redirect(owned.url)
            return view(request, owned, **more)

        return never_cache(login_required(require_http_methods(list(methods))(wrapped)))

    return decorate
