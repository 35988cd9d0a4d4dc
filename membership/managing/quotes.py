"""A preview, signed into the form: what was shown is what is charged, for an hour, and only once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from django.core import signing

from membership.managing.wanted import Wanted
from payments.models import Plan
from payments.payables import fingerprint

SALT = "membership.managing.quote"
VALID = timedelta(hours=1)


@dataclass(frozen=True)
class Quote:
    """``moment`` is when the sums were worked out for; ``public_id`` becomes the id of the terms."""

    moment: int | None
    public_id: UUID
    due_now: int


def sign(plan: Plan, wanted: Wanted, *, moment: int | None, due_now: int = 0) -> str:
    return signing.dumps([_what(plan, wanted), moment, uuid4().hex, due_now], salt=SALT)


def read(text: str, plan: Plan, wanted: Wanted) -> Quote | None:
    """None where it is too old, or says something else than what would be asked for now."""
    try:
        what, moment, public_id, due_now = signing.loads(text, salt=SALT, max_age=VALID)
    except signing.BadSignature:
        return None
    quote = Quote(moment, UUID(public_id), due_now)
    if plan.terms.filter(public_id=quote.public_id).exists():
        # Pressed twice: the first press has done it, or goes on doing it.
        return quote
    return quote if what == _what(plan, wanted) else None


def _what(plan: Plan, wanted: Wanted) -> str:
    period = plan.current_period_end.isoformat() if plan.current_period_end else ""
    return f"{plan.pk}|{plan.terms_in_force().pk}|{period}|{fingerprint(wanted.lines, wanted.interval)}"
