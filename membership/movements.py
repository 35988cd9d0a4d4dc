"""Writing the log of what happens to subscriptions, in the transaction that changes them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.apps import apps
from django.utils import timezone

from membership.states import COUNTED, State
from receipts.models import Payer

if TYPE_CHECKING:
    from membership.models.movements import Movement
    from membership.models.subscriptions import Subscription
    from payments.models import Plan, PlanTerms


def write_start(subscription: Subscription, at: datetime) -> None:
    """The first payment. Whoever had a subscription that ended before has come back."""
    if not subscription.interval:
        return
    movement = _model()
    lost = movement.objects.filter(kind=movement.Kind.LOSS, payer__in=Payer.objects.same_as(subscription.payer))
    kind = movement.Kind.RETURNED if lost.exists() else movement.Kind.NEW
    _write(subscription, kind, at=at, before=0, reason="")


def write_failure(subscription: Subscription, plan: Plan) -> None:
    """The first attempt to collect a renewal failed. Nothing is lost yet."""
    failure = plan.failures.order_by("-pk").first()
    if failure and plan.failures.filter(invoice_id=failure.invoice_id).count() == 1:
        kind = _model().Kind.BEHIND
        _write(subscription, kind, at=failure.failed_at, before=subscription.yearly_amount, reason=failure.reason)


def write_recovery(subscription: Subscription, plan: Plan) -> None:
    """What had failed is paid after all."""
    failure = plan.failures.filter(settled_as="paid").order_by("-pk").first()
    if failure:
        at = failure.settled_at or timezone.now()
        kind = _model().Kind.RECOVERY
        _write(subscription, kind, at=at, before=subscription.yearly_amount, reason=failure.reason)


def write_state(subscription: Subscription, plan: Plan, *, before: int, state_before: str) -> None:
    """The state changed with its plan: by what the supporter did, or by what became of a payment."""
    if subscription.state == state_before or subscription.started_at is None:
        return
    kind = _kind_of(state_before, subscription.state)
    if kind:
        reason = _reason(subscription, plan)
        _write(subscription, kind, at=_moment(subscription, plan), before=before, reason=reason)


def _kind_of(before: str, after: str) -> str | None:
    """What a change of state means to the revenue. Falling behind and recovering are told by the payments."""
    kinds = _model().Kind
    if after in COUNTED:
        if before in COUNTED:
            return None
        back = {State.PAUSED: kinds.RESUME, State.CANCEL_AT_END: kinds.KEPT}
        return back.get(State(before), kinds.RETURNED)
    if after == State.PAUSED:
        return kinds.PAUSE if before in COUNTED else None
    # From here on nothing will be asked for again. What was lost already is not lost twice.
    return kinds.LOSS if before in COUNTED or before == State.PAUSED else None


def _moment(subscription: Subscription, plan: Plan) -> datetime:
    ended = plan.ended_at if subscription.state in (State.CANCELLED, State.UNPAID) else None
    return ended or plan.changed_at


def _reason(subscription: Subscription, plan: Plan) -> str:
    if subscription.state in (State.CANCELLED, State.UNPAID, State.CANCEL_AT_END):
        return plan.end_reason or ("payment_failed" if subscription.state == State.UNPAID else "cancellation_requested")
    return ""


def write_terms(subscription: Subscription, plan: Plan, terms: PlanTerms, *, before: int) -> None:
    """Another amount or interval. A change while nothing is counted (a pause) shows when it is counted again."""
    if subscription.yearly_amount == before:
        return
    kinds = _model().Kind
    kind = kinds.UPGRADE if subscription.yearly_amount > before else kinds.DOWNGRADE
    _write(subscription, kind, at=plan.changed_at, before=before, reason=terms.origin)


def _write(subscription: Subscription, kind: str, *, at: datetime, before: int, reason: str) -> None:
    _model().objects.create(
        kind=kind,
        at=min(at, timezone.now()),
        payer=subscription.payer,
        subscription_kind=subscription.kind(),
        subscription_id=subscription.pk,
        before=before,
        after=subscription.yearly_amount,
        currency=subscription.currency,
        reason=reason[:60],
    )


def _model() -> type[Movement]:
    # The models of subscriptions write movements, so they can't be imported here.
    return apps.get_model("membership", "Movement")
