"""Where a membership stands, and which of these states still give access."""

from __future__ import annotations

from django.db.models import TextChoices


class State(TextChoices):
    INCOMPLETE = "incomplete", "Not paid yet"
    UNDER_WAY = "under_way", "At the bank"
    ACTIVE = "active", "Active"
    PAST_DUE = "past_due", "Payment failed"
    PAUSED = "paused", "Paused"
    CANCEL_AT_END = "cancel_at_end", "Will end"
    CANCELLED = "cancelled", "Ended"
    UNPAID = "unpaid", "Ended unpaid"
    ABANDONED = "abandoned", "Never paid"
    GIVEN = "given", "Given"
    # Written down by staff by mistake, and taken out of the books again.
    UNDONE = "undone", "Taken back"


# Stripe is still trying to collect: access goes on for the tier's grace days after the last paid one.
WITH_GRACE = (State.ACTIVE, State.PAST_DUE)
# Nobody collects any more, but a period that was paid is kept to its end.
TO_THE_END = (State.PAUSED, State.CANCEL_AT_END, State.CANCELLED, State.UNPAID)
# What a supporter sees of their own; the others are checkouts that led nowhere.
BEGUN = (*WITH_GRACE, *TO_THE_END, State.GIVEN)
# Money will be asked for again, at the next date or the next attempt: recurring revenue is made of these.
COUNTED = (State.ACTIVE, State.PAST_DUE)

# From the words of Stripe's subscriptions to ours.
OF_PLAN: dict[str, State] = {
    "incomplete": State.INCOMPLETE,
    "incomplete_expired": State.ABANDONED,
    "trialing": State.ACTIVE,
    "active": State.ACTIVE,
    "past_due": State.PAST_DUE,
    "paused": State.PAUSED,
    "canceled": State.CANCELLED,
    "unpaid": State.UNPAID,
}
