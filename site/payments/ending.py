"""Ending a plan from here, at once: what staff do when money has gone back and no more may be taken."""

from __future__ import annotations

from contextlib import suppress

from payments import gateway, worker
from payments.mirror.ours import NotHereYet, NotOurs
from payments.models import Plan


def end_plan(plan: Plan) -> bool:
    """Cancel the subscription now. True only when Stripe's own word, read again, says that it is over."""
    with suppress(gateway.StripeProblem, worker.Busy, worker.LeaseLost, NotOurs, NotHereYet):
        gateway.cancel_now(plan.subscription_id)
        worker.sync("subscription", plan.subscription_id)
    plan.refresh_from_db()
    return plan.is_over
