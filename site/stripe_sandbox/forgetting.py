"""What Stripe forgets in time: events after 30 days, the answers of idempotency keys after one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stripe_sandbox.account import Account

DAY = 86400
ANSWERS_KEPT_FOR = DAY
WAITING = {"held", "pending"}
# So many events that wait, and nobody fetches what is told: looking further every day would take for ever.
ENOUGH = 200


def oldest_event(account: Account) -> int:
    """No event from before this moment can be read; ``event_days`` of None keeps them all."""
    days = account.settings["event_days"]
    return 0 if days is None else account.now() - int(days) * DAY


def sweep(account: Account) -> None:
    """Both kinds lie in the order of time. An event somebody still waits for is kept."""
    store, now = account.store, account.now()
    for answer in store.oldest_first("_answer"):
        if now - answer["at"] <= ANSWERS_KEPT_FOR:
            break
        store.forget(answer["id"])
    oldest, waiting = oldest_event(account), 0
    for event in store.oldest_first("event"):
        if event["created"] >= oldest or waiting == ENOUGH:
            break
        deliveries = store.where("_delivery", "event_id", event["id"])
        if any(delivery["state"] in WAITING for delivery in deliveries):
            waiting += 1
            continue
        for gone in (*deliveries, event):
            store.forget(gone["id"])
