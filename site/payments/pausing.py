"""A payment holiday, its end, and another day for the next payment. True is said only on Stripe's own word."""

from __future__ import annotations

from datetime import datetime, timedelta

from payments import gateway
from payments.changing import reread
from payments.models import Plan

# Stripe keeps whole seconds.
SAME = timedelta(seconds=1)


def pause(plan: Plan, *, until: datetime) -> bool:
    """Take no payments before ``until``. Raises gateway.StripeProblem."""
    gateway.pause_subscription(plan.subscription_id, resumes_at=int(until.timestamp()))
    reread(plan)
    return plan.is_paused and plan.resumes_at is not None and abs(plan.resumes_at - until) <= SAME


def resume(plan: Plan) -> bool:
    """End a payment holiday now. Raises gateway.StripeProblem."""
    gateway.resume_subscription(plan.subscription_id)
    reread(plan)
    return not plan.is_paused


def move_next_payment(plan: Plan, *, to: datetime) -> bool:
    """Let the next payment fall due at another time. Raises gateway.StripeProblem."""
    gateway.move_next_payment(plan.subscription_id, to=int(to.timestamp()))
    reread(plan)
    return plan.current_period_end is not None and abs(plan.current_period_end - to) <= SAME
