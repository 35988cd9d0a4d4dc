"""Another card: given on Stripe's own page, put to work here, and only then called saved.

Stripe's page changes the *customer's* card, while a subscription goes on with its own: whoever stops there goes on
charging the old one. So we remember for which plans the new card is meant, and set it when the person is back. For
whoever never comes back, a job does.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.utils import timezone

from payments import gateway, worker
from payments.changing import reread
from payments.mirror.ours import NotHereYet, NotOurs
from payments.models import CardChange, Customer, Plan, RenewalFailure

log = logging.getLogger(__name__)

# Somebody may still be at Stripe's page; and whoever has not finished by then has thought better of it.
BACK_BY, GIVEN_UP_AFTER = timedelta(minutes=5), timedelta(days=1)


class NoCustomer(Exception):
    """Stripe does not know this payer (any more), so there is no card to change."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """What became of a card change: the plans as Stripe describes them now."""

    is_changed: bool
    plans: tuple[Plan, ...] = ()
    # Of these, the ones whose open payment the new card has paid, and those that still owe.
    mended: tuple[Plan, ...] = ()
    still_open: tuple[Plan, ...] = ()


def begin(plan: Plan, *, for_all: bool, return_path: str) -> str:
    """Where to send the payer: Stripe's page for another card, for this plan or for all that run.

    ``return_path`` is given the change's public id in place of ``{change}``.

    Raises:
        gateway.StripeProblem: nothing was begun.
        NoCustomer: as it says.
    """
    customer = Customer.objects.filter(payer=plan.payer, livemode=plan.livemode).exclude(stripe_id=None).first()
    if customer is None or customer.stripe_id is None:
        raise NoCustomer
    method = gateway.card_of_customer(customer.stripe_id)
    change = CardChange.objects.create(
        customer=customer, plan=None if for_all else plan, method_before=method.id if method else ""
    )
    return_url = settings.BASE_URL + return_path.format(change=change.public_id)
    return gateway.card_change_url(customer=customer.stripe_id, return_url=return_url)


def finish(change: CardChange) -> Result:
    """Put the new card to work, and pay with it what is open. Doing it again changes nothing.

    Raises:
        gateway.StripeProblem: it may be tried again.
    """
    method = gateway.card_of_customer(change.customer.stripe_id or "")
    if method is None or method.id == change.method_before:
        return Result(is_changed=False)
    plans = plans_of(change)
    for plan in plans:
        if plan.payment_method_id != method.id:
            gateway.set_card(plan.subscription_id, method.id)
            reread(plan)
    if not all(plan.payment_method_id == method.id for plan in plans):
        raise gateway.StripeUnavailable("The subscription does not show the new card yet.")
    owing = [plan for plan in plans if open_invoice_of(plan)]
    mended = tuple(plan for plan in owing if pay_open_invoice(plan))
    _mark(change, CardChange.Outcome.CHANGED)
    still_open = tuple(plan for plan in owing if plan not in mended)
    return Result(is_changed=True, plans=tuple(plans), mended=mended, still_open=still_open)


def plans_of(change: CardChange) -> list[Plan]:
    """The plans that the new card is meant for, those that have ended meanwhile left out."""
    running = Plan.objects.running().filter(payer=change.customer.payer, livemode=change.customer.livemode)
    return list(running.filter(pk=change.plan_id) if change.plan_id else running.order_by("pk"))


def open_invoice_of(plan: Plan) -> str | None:
    """The invoice whose last attempt failed and that nobody has settled yet."""
    failed: RenewalFailure | None = plan.failures.filter(settled_as="").order_by("-pk").first()
    return failed.invoice_id if failed else None


def pay_open_invoice(plan: Plan) -> bool:
    """Try to collect what is open, now. True only when Stripe's own invoice, read again, is paid.

    Raises:
        gateway.StripeUnavailable: it may be tried again. An invoice that is paid is never paid twice.
    """
    invoice_id = open_invoice_of(plan)
    if invoice_id is None:
        return False
    try:
        # A key of its own each time: Stripe would answer a second try with the first one's refusal.
        gateway.pay_invoice(invoice_id, key=f"pay:{invoice_id}:{uuid4()}")
    except gateway.StripeUnavailable:
        raise
    except gateway.StripeRefused as refusal:
        # A card that says no again: the invoice, read again, says so too, and why.
        log.info("An open invoice was not paid: %s", refusal.code)
    _sync_invoice(invoice_id)
    plan.refresh_from_db()
    return open_invoice_of(plan) is None


def look_again(plan: Plan) -> None:
    """Read what is open again: it may have been paid on Stripe's own page a moment ago."""
    invoice_id = open_invoice_of(plan)
    if invoice_id:
        _sync_invoice(invoice_id)
        plan.refresh_from_db()


def _sync_invoice(invoice_id: str) -> None:
    try:
        worker.sync("invoice", invoice_id)
    except (gateway.StripeProblem, worker.Busy, worker.LeaseLost, NotOurs, NotHereYet) as error:
        log.info("Could not re-read an invoice at once: %s", type(error).__name__)


def finish_waiting() -> int:
    """The scheduled job: for whoever gave a card and never came back. Returns how many were finished."""
    now = timezone.now()
    waiting = CardChange.objects.filter(outcome=CardChange.Outcome.WAITING, started_at__lte=now - BACK_BY)
    finished = 0
    for change in waiting.select_related("customer__payer"):
        try:
            finished += finish(change).is_changed
        except gateway.StripeProblem as problem:
            log.info("A card change waits: %s", problem.code or type(problem).__name__)
        if change.outcome == CardChange.Outcome.WAITING and change.started_at <= now - GIVEN_UP_AFTER:
            _mark(change, CardChange.Outcome.UNCHANGED)
    return finished


def _mark(change: CardChange, outcome: str) -> None:
    change.outcome, change.finished_at = outcome, timezone.now()
    change.save(update_fields=["outcome", "finished_at"])
