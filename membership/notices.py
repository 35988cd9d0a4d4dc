"""Notices of what is about to happen, looked for every day: nobody is to be surprised by a payment.

Running the job twice sends nothing twice (``Notice``), and a day on which it did not run is made up for, because each
notice is due for several days.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.timezone import localtime

from accounts.mail_kinds import written_day
from membership.models import Gift, Membership, Notice, Subscription
from membership.recovery import mails, words
from membership.recovery.links import mend_url
from membership.recovery.telling import is_first
from membership.upgrade_asks import ask_for_more
from payments.models import Plan

LIVE = ("active", "trialing", "past_due")
# Days before a card's last one on which its holder hears of it.
CARD_STEPS = (30, 7)
YEARLY_FROM, YEARLY_TO = timedelta(days=21), timedelta(days=14)
RESUMES_WITHIN = timedelta(days=7)
TEMPLATES: dict[str, str] = {
    Notice.Kind.CARD_EXPIRES: "card_expires",
    Notice.Kind.YEARLY: "yearly_ahead",
    Notice.Kind.RESUMES: "resumes",
}


def send_due(now: datetime | None = None) -> int:
    """The daily job. Returns how many notices were sent."""
    now = now or timezone.now()
    sent = sum(_card_expires(plan, subscription, now) for plan, subscription in _with_card_that_expires(now))
    sent += sum(_yearly(plan, subscription) for plan, subscription in _due_soon(now))
    sent += sum(_resumes(plan, subscription) for plan, subscription in _about_to_resume(now))
    return sent + sum(ask_for_more(now))


def _with_card_that_expires(now: datetime) -> Iterator[tuple[Plan, Subscription]]:
    today = localtime(now).date()
    last = today + timedelta(days=max(CARD_STEPS))
    return with_subscriptions(Plan.objects.filter(status__in=LIVE, card_expires__range=(today, last)))


def _card_expires(plan: Plan, subscription: Subscription, now: datetime) -> bool:
    """Only if a payment is tried after that day; a new card is another card and starts anew."""
    expires = plan.card_expires
    if expires is None or not _is_tried_after(plan, expires):
        return False
    left = (expires - localtime(now).date()).days
    step = min(step for step in CARD_STEPS if left <= step)
    about = f"{plan.payment_method_id}:{expires}:{step}"
    more = {"expires": partial(words.written_date, expires), "next_payment_at": plan.next_payment_at}
    return _send(Notice.Kind.CARD_EXPIRES, plan, subscription, about, mend_url=mend_url(plan), **more)


def _is_tried_after(plan: Plan, day: date) -> bool:
    due = plan.next_payment_at
    return due is not None and (plan.interval != "year" or localtime(due).date() > day)


def _due_soon(now: datetime) -> Iterator[tuple[Plan, Subscription]]:
    # Of one that is paused, the first payment is due when the pause ends.
    soon = (now + YEARLY_TO, now + YEARLY_FROM)
    yearly = Plan.objects.filter(status__in=("active", "trialing"), interval="year", current_period_end__lte=soon[1])
    return (
        (plan, subscription)
        for plan, subscription in with_subscriptions(yearly)
        if plan.next_payment_at and soon[0] <= plan.next_payment_at <= soon[1]
    )


def _yearly(plan: Plan, subscription: Subscription) -> bool:
    due = plan.next_payment_at
    about = f"{localtime(due).date()}" if due else ""
    return _send(Notice.Kind.YEARLY, plan, subscription, about, due=partial(written_day, due), mend_url=mend_url(plan))


def _about_to_resume(now: datetime) -> Iterator[tuple[Plan, Subscription]]:
    paused = Plan.objects.filter(status__in=LIVE, is_paused=True, resumes_at__range=(now, now + RESUMES_WITHIN))
    return with_subscriptions(paused)


def _resumes(plan: Plan, subscription: Subscription) -> bool:
    """Nothing is announced of one that was cancelled meanwhile: no payment follows."""
    if plan.next_payment_at is None or plan.resumes_at is None:
        return False
    about = f"{localtime(plan.resumes_at).date()}"
    more = {"resumes": partial(written_day, plan.resumes_at), "due": partial(written_day, plan.next_payment_at)}
    return _send(Notice.Kind.RESUMES, plan, subscription, about, **more)


@transaction.atomic
def _send(kind: str, plan: Plan, subscription: Subscription, about: str, **more: object) -> bool:
    return is_first(kind, plan, about) and mails.send(TEMPLATES[kind], subscription, plan, **more)


def with_subscriptions(plans: Iterable[Plan]) -> Iterator[tuple[Plan, Subscription]]:
    """Each plan of ours with what it pays for: three queries, however many there are."""
    found = list(plans)
    for model, related in ((Membership, "tier"), (Gift, "fund")):
        own = {plan.payable_id: plan for plan in found if plan.payable_kind == model.kind()}
        subscriptions = model._default_manager.filter(pk__in=own).select_related("payer__merged_into", related)
        for subscription in subscriptions:
            yield own[subscription.pk], subscription
