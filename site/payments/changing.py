"""Changing a plan: another amount, another interval, another tier. Stripe is asked; then its own answer is read.

A change is either from the next payment on (nothing is charged now) or at once (the difference is charged now, and
the change holds only when that is paid). What "now" means is fixed by the preview: what was shown is what is charged.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import stripe
from django.db import IntegrityError, transaction

from payments import gateway, terms, worker
from payments.mirror.ours import NotHereYet, NotOurs, at, id_of
from payments.models import Plan, PlanTerms
from payments.payables import Line

log = logging.getLogger(__name__)


class ChangeUnavailable(Exception):
    """Stripe could not be reached: nothing was changed as far as we know. Asking again is safe."""


class ChangeRefused(Exception):
    """Stripe said no: nothing was changed."""


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What a change at once would charge. Amounts in minor units of ``currency``."""

    # Unused time of what was paid, and the cost of the new for the same time.
    credit: int
    cost: int
    due_now: int
    # What is left of the credit and taken off later payments.
    credit_left: int
    currency: str
    next_payment_at: datetime
    # To be given to ``change``: the moment that the sums were worked out for, in epoch seconds.
    moment: int


def preview(plan: Plan, *, lines: Sequence[Line], interval: str, moment: int) -> Preview:
    """What a change at once would charge, worked out by Stripe for ``moment``.

    Raises:
        ChangeUnavailable, ChangeRefused: as their names say.
    """
    remote = _ask(lambda: gateway.read_subscription(plan.subscription_id))
    items = _items(remote, lines, interval, products=_products(lines))
    invoice = _ask(lambda: gateway.preview_change(plan.subscription_id, items=items, proration_date=moment))
    amounts = [line.amount for line in invoice.lines.data]
    return Preview(
        credit=-sum(amount for amount in amounts if amount < 0),
        cost=sum(amount for amount in amounts if amount > 0),
        due_now=invoice.amount_due,
        credit_left=max(-(invoice.total + invoice.starting_balance), 0),
        currency=plan.currency,
        next_payment_at=at(max(line.period.end for line in invoice.lines.data)) if amounts else plan.current_period_end,  # type: ignore[arg-type]
        moment=moment,
    )


def change(
    plan: Plan,
    *,
    lines: Sequence[Line],
    interval: str,
    detail: dict[str, Any],
    origin: str,
    asked_by: Any = None,
    moment: int | None = None,
    starts_at: datetime | None = None,
    public_id: UUID | None = None,
) -> PlanTerms:
    """Ask for other terms: at once with the ``moment`` of a preview, else from the next payment on.

    ``starts_at`` is when the next payment is due, for an interval that must not begin before. Asking again with the
    same ``public_id`` asks once.

    Returns the terms, whose state tells how it went: in force, waiting (its payment failed or must be approved), or
    asked (Stripe has taken it, and its own word will come).

    Raises:
        ChangeUnavailable, ChangeRefused: as their names say.
    """
    asked = _known(plan, public_id) or _write_down_once(
        plan,
        lines=lines,
        interval=interval,
        detail=detail,
        origin=origin,
        asked_by=asked_by,
        public_id=public_id or uuid4(),
    )
    if asked.state == PlanTerms.State.ASKED:
        try:
            tell_stripe(plan, asked, lines, moment=moment, starts_at=starts_at)
        except ChangeRefused:
            # Unless it is what was asked for already, by a call whose answer was lost.
            reread(plan)
            if PlanTerms.objects.filter(pk=asked.pk, state=PlanTerms.State.ASKED).update(state=PlanTerms.State.DROPPED):
                raise
        reread(plan)
    asked.refresh_from_db()
    return asked


def _known(plan: Plan, public_id: UUID | None) -> PlanTerms | None:
    """What was asked for already by this very form: a second click, or a second try after a lost answer."""
    return plan.terms.filter(public_id=public_id).first() if public_id else None


def _write_down_once(plan: Plan, **asked: Any) -> PlanTerms:
    try:
        return _write_down(plan, **asked)
    except IntegrityError:
        # The other click was faster.
        known = _known(plan, asked["public_id"])
        if known is None:
            raise
        return known


@transaction.atomic
def _write_down(plan: Plan, **asked: Any) -> PlanTerms:
    change = terms.ask(plan, **asked)
    if plan.terms_in_force().says(amount=change.amount, interval=change.interval):
        # To Stripe it is the same subscription: only what it is for differs.
        terms.bring_into_force(plan, change)
    return change


def tell_stripe(
    plan: Plan,
    asked: PlanTerms,
    lines: Sequence[Line],
    *,
    moment: int | None,
    starts_at: datetime | None = None,
) -> None:
    """Ask Stripe for terms that are written down. With a key of their own, so that asking twice asks once."""
    key = f"terms:{asked.public_id}"
    remote = _ask(lambda: gateway.read_subscription(plan.subscription_id))
    items = _items(remote, lines, asked.interval, products=_products(lines))
    begins = int(starts_at.timestamp()) if starts_at else None
    _ask(
        lambda: gateway.change_subscription(
            plan.subscription_id, items=items, proration_date=moment, trial_end=begins, key=key
        )
    )


def _products(lines: Sequence[Line]) -> list[str]:
    """What each line is called on Stripe's invoices. Those that a checkout made are not for use by others."""
    names = [line.description for line in lines if line.amount]
    return [_ask(partial(gateway.create_product, name=name, key=_product_key(name))) for name in names]


def _product_key(name: str) -> str:
    return f"product:{hashlib.sha256(name.encode()).hexdigest()[:32]}"


def _items(
    remote: stripe.Subscription, lines: Sequence[Line], interval: str, *, products: Sequence[str]
) -> list[dict[str, Any]]:
    """Every line takes the place of an item; items without a line go."""
    there = [item.id for item in remote.items.data]
    paid = [line for line in lines if line.amount]
    items: list[dict[str, Any]] = [
        {"price_data": gateway.price_data(line.amount + line.tax, line.currency, interval, product=product)}
        for line, product in zip(paid, products, strict=False)
    ]
    for place, item_id in enumerate(there):
        if place < len(items):
            items[place]["id"] = item_id
        else:
            items.append({"id": item_id, "deleted": True})
    return items


def _ask(call: Any) -> Any:
    try:
        return call()
    except gateway.StripeUnavailable as error:
        raise ChangeUnavailable from error
    except gateway.StripeProblem as error:
        raise ChangeRefused(str(error)) from error


def reread(plan: Plan) -> None:
    """Bring the plan up to what Stripe says now, where it can be asked; the worker will otherwise."""
    try:
        worker.sync("subscription", plan.subscription_id)
    except (gateway.StripeProblem, worker.Busy, worker.LeaseLost, NotOurs, NotHereYet) as error:
        log.info("Could not re-read a plan at once: %s", type(error).__name__)
    plan.refresh_from_db()


def pay_url(plan: Plan) -> str:
    """Stripe's page for the payment that a change waits for; empty where there is none.

    Raises gateway.StripeProblem.
    """
    remote = gateway.read_subscription(plan.subscription_id)
    invoice_id = id_of(remote.latest_invoice) if remote.pending_update else None
    if not invoice_id:
        return ""
    invoice = gateway.read_invoice(invoice_id)
    return (invoice.hosted_invoice_url or "") if invoice.status == "open" else ""
