"""Refund rules as people read them, before they pay and when they cancel."""

from __future__ import annotations

from training.models import RefundRules

NOTHING = "If you cancel, what you paid does not come back."
WE_CANCEL = "If we cancel, you choose: all of it comes back, you move to another date, or you give it."


def rule_words(rules: RefundRules | None) -> list[str]:
    """One sentence each. Days are whole days before the first meeting begins."""
    return [*(_refunds(rules) if rules else [NOTHING]), *_moves(rules), WE_CANCEL]


def _refunds(rules: RefundRules) -> list[str]:
    steps = sorted(rules.steps.all(), key=lambda step: step.days_before, reverse=True)
    if not steps:
        return [NOTHING]
    said = [f"Cancel {_until(step.days_before)}, and {_part(step.percent)} comes back." for step in steps]
    return [*said, "After that, nothing comes back."] if steps[-1].days_before else said


def _moves(rules: RefundRules | None) -> list[str]:
    if rules is None or rules.move_days is None:
        return []
    return [f"You can move to another date {_until(rules.move_days)}, for the same price."]


def _until(days: int) -> str:
    if not days:
        return "at any time before it begins"
    return f"until {days} day{'' if days == 1 else 's'} before it begins"


def _part(percent: int) -> str:
    return "all that you paid" if percent == 100 else f"{percent} % of what you paid"
