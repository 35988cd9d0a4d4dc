"""Which of the failed attempts is told, and how: the first, the third and the end; a bank's question at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from membership.models.recovery import Notice
from membership.recovery import mails
from membership.recovery.links import mend_url
from payments.decline_reasons import Why, why
from payments.models import Plan

if TYPE_CHECKING:
    from membership.models import Subscription
    from payments.models import RenewalFailure

# Stripe's words for a subscription that stands still, or may be mended, after its last attempt.
STANDS_STILL = ("unpaid", "paused")


def is_first(kind: str, plan: Plan, about: str) -> bool:
    """Whether nobody was told this yet; from now on somebody was."""
    return Notice.objects.get_or_create(kind=kind, plan=plan, about=about)[1]


def has_lapsed(plan: Plan) -> bool:
    """Stripe has given up and done what the account says: cancel it, leave it unpaid, or let it stand still."""
    return plan.status in STANDS_STILL or (plan.status == "canceled" and plan.end_reason == "payment_failed")


def renewal_failed(subscription: Subscription, plan: Plan, *, attempt: int, is_last: bool) -> None:
    failure = plan.failures.filter(attempt=attempt).order_by("-pk").first()
    if failure is None:
        return
    kind = why(failure.reason)
    if has_lapsed(plan) or (is_last and kind not in (Why.HARD, Why.BANK_CHECK)):
        # No date for another attempt: the last one, unless it is only that this card is hopeless.
        lapsed(subscription, plan)
    elif kind == Why.BANK_CHECK:
        if is_first(Notice.Kind.BANK_CHECK, plan, _about(failure, str(attempt))):
            send_failure(subscription, plan, failure)
    elif is_first(Notice.Kind.FAILED, plan, _about(failure, "third" if attempt >= 3 else "first")):
        # By what was told and not by the number: of attempts in quick succession we may see only the second.
        send_failure(subscription, plan, failure)


def send_failure(subscription: Subscription, plan: Plan, failure: RenewalFailure) -> bool:
    template = "bank_check" if why(failure.reason) == Why.BANK_CHECK else "renewal_failed"
    link = mend_url(plan, invoice_id=failure.invoice_id)
    return mails.send(template, subscription, plan, mend_url=link, **mails.of_failure(failure))


def lapsed(subscription: Subscription, plan: Plan) -> None:
    """It ended because it could not be paid: say so once for a period, with the way back."""
    about = f"{plan.paid_until:%Y-%m-%d}" if plan.paid_until else ""
    if not is_first(Notice.Kind.LAPSED, plan, about):
        return
    mails.send("lapsed", subscription, plan)


def followed(subscription: Subscription, plan: Plan) -> None:
    """The plan changed: perhaps it is over, told before the attempt that ended it."""
    if subscription.started_at is not None and has_lapsed(plan):
        lapsed(subscription, plan)


def renewal_recovered(subscription: Subscription, plan: Plan) -> None:
    """A short word that it worked, to whoever was told that it had not."""
    told = Notice.objects.filter(plan=plan, kind__in=(Notice.Kind.FAILED, Notice.Kind.BANK_CHECK))
    failure = plan.failures.filter(settled_as="paid").order_by("-pk").first()
    if failure and told.filter(about__startswith=f"{failure.invoice_id}:").exists():
        mails.send("recovered", subscription, plan, amount=failure.amount)


def pays_twice(subscription: Subscription, plan: Plan, others: QuerySet[Any]) -> None:
    """The supporter hears of it with the later one, once. One that nobody pays (it was given) is no second payment."""
    earlier = others.filter(pk__lt=subscription.pk).values("pk")
    paid = Plan.objects.running().filter(payable_kind=subscription.kind(), payable_id__in=earlier)
    if paid.exists() and is_first(Notice.Kind.TWICE, plan, ""):
        mails.send("pays_twice", subscription, plan)


def _about(failure: RenewalFailure, step: str) -> str:
    return f"{failure.invoice_id}:{step}"
