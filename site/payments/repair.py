"""Finding what the webhook did not bring: lost events, forgotten checkouts, unknown fees, unseen money.

Each function is a scheduled job and safe to run at any time, on any number of machines.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import OperationalError
from django.db.models import Q
from django.utils import timezone

from payments import gateway, worker
from payments.balance import (
    book_own_fees,
    booked_currencies,
    explain_lines,
    foreign_total,
    read_new_lines,
    report_line,
    stripe_balance,
)
from payments.booking import release
from payments.checkout import HELD_FOR
from payments.intake import write
from payments.issues import close_issue, open_issue
from payments.mirror import EVENT_TYPES
from payments.mirror.ours import NotHereYet, NotOurs, id_of
from payments.models import Basket, Event, Payment, Plan
from payments.schedule import last_success
from payments.webhook import event_from
from receipts import ledger
from receipts.chart import Account

log = logging.getLogger(__name__)

# Stripe keeps events for 30 days; older than that, objects are read one by one.
EVENTS_KEPT = timedelta(days=30)
OVERLAP = timedelta(days=1)
REREAD_JOB = "payments.reread_events"
FORGOTTEN_AFTER = timedelta(minutes=30)
GIVEN_UP_AFTER = timedelta(days=2)


def catch_up() -> int:
    """The scheduled form of ``reread_events``: everything since the last time that it worked.

    Not since the newest event: after an outage the first new event would hide the gap before it. After an outage
    longer than Stripe keeps events, the objects themselves are read. Returns how many events were new.
    """
    seen_until = last_success(REREAD_JOB)
    oldest_kept = timezone.now() - EVENTS_KEPT
    if seen_until and seen_until < oldest_kept:
        resync_objects(seen_until - OVERLAP)
    return reread_events(since=max(seen_until - OVERLAP, oldest_kept) if seen_until else oldest_kept)


def reread_events(*, since: datetime) -> int:
    """Put events that never arrived into the inbox (the endpoint was down, the network lost one)."""
    before = Event.objects.count()
    batch = []
    for event in gateway.events(since=int(since.timestamp())):
        if event.type in EVENT_TYPES:
            batch.append(event_from(event.to_dict(for_json=True)))
        if len(batch) == 100:
            write(batch)
            batch = []
    if batch:
        write(batch)
    return Event.objects.count() - before


def resync_objects(since: datetime) -> int:
    """After an outage longer than Stripe keeps events: read open checkouts, every plan, and every line since then."""
    objects = [("checkout.session", payment.session_id) for payment in Payment.objects.open().exclude(session_id=None)]
    objects += [("subscription", subscription.id) for subscription in gateway.subscriptions()]
    for line in gateway.balance_lines(since=int(since.timestamp())):
        objects += _objects_of(line.type, id_of(line.source) or "")
    return sum(_try(kind, object_id) for kind, object_id in objects if object_id)


def _objects_of(line_type: str, source_id: str) -> list[tuple[str, str]]:
    """The objects whose syncing books a balance line."""
    if line_type in {"charge", "payment"}:
        try:
            intent = id_of(gateway.read_charge(source_id).payment_intent)
        except gateway.NoSuchObject:
            return []
        return [("payment_intent", intent)] if intent else []
    if line_type in {"refund", "payment_refund", "refund_failure"}:
        return [("refund", source_id)]
    if line_type in {"payout", "payout_failure"}:
        return [("payout", source_id)]
    return [("dispute", source_id)] if source_id.startswith(("dp_", "du_")) else []


def _try(kind: str, object_id: str) -> bool:
    """Sync one object. Trouble with one is no reason to leave the others; only Stripe's absence ends the job."""
    try:
        worker.sync(kind, object_id)
    except (gateway.StripeUnavailable, OperationalError):
        raise
    except (NotOurs, NotHereYet, worker.Busy, worker.LeaseLost, gateway.NoSuchObject):
        return False
    except Exception as error:
        log.error("Could not sync %s %s: %s", kind, object_id, worker.whereabouts(error))
        return False
    return True


def sweep_checkouts() -> int:
    """Ask Stripe about checkouts that nobody came back from, and end those that never got as far as Stripe.

    What a basket has set apart is for others again by then, whether or not Stripe could be reached.
    """
    now = timezone.now()
    forgotten = Payment.objects.filter(
        status__in=[Payment.Status.OPEN, Payment.Status.PROCESSING],
        session_id__isnull=False,
        created_at__lte=now - FORGOTTEN_AFTER,
    )
    swept = sum(_try("checkout.session", payment.session_id or "") for payment in forgotten)
    of_a_basket = Q(items__payable_kind=Basket._meta.label_lower, created_at__lte=now - HELD_FOR)
    given_up = Q(created_at__lte=now - GIVEN_UP_AFTER) | of_a_basket
    never_sent = Payment.objects.filter(given_up, status=Payment.Status.CREATED).distinct()
    return swept + sum(release(payment, Payment.Status.EXPIRED) for payment in never_sent)


def fetch_missing_fees() -> int:
    """Come back for fees that Stripe had not worked out when the money arrived."""
    waiting = Payment.objects.paid().filter(fee_known=False, charge_id__isnull=False)
    return sum(_try("charge", payment.charge_id or "") for payment in waiting)


def refresh_plans() -> int:
    """Read plans that no event has touched for a day, so that one lost change does not stay lost."""
    stale = Plan.objects.exclude(status__in=Plan.OVER).filter(synced_at__lte=timezone.now() - timedelta(days=1))
    return sum(_try("subscription", plan.subscription_id) for plan in stale.iterator())


def reconcile() -> int:
    """Read Stripe's new balance lines, bring in what they point at, and compare. Returns what stays unexplained."""
    read_new_lines()
    unexplained = explain_lines()
    if unexplained:
        book_own_fees(unexplained)
        for line in unexplained:
            for kind, object_id in _objects_of(line.type, line.source_id):
                _try(kind, object_id)
        unexplained = explain_lines()
    for line in unexplained:
        report_line(line)
    for problem in differences():
        log.warning("%s", problem)
    return len(unexplained)


def differences() -> list[str]:
    """Where Stripe's balance and the books differ, in words; empty when they agree to the cent."""
    problems = []
    stripe_holds = stripe_balance()
    # Also a currency that Stripe holds nothing of: what was paid in it must have been exchanged whole.
    for currency in sorted({*stripe_holds, *booked_currencies()}):
        held = stripe_holds.get(currency, 0)
        booked = ledger.account_balance(Account.STRIPE, currency=currency) + foreign_total(currency)
        if held == booked:
            close_issue("balance_differs", currency)
            continue
        problem = f"Stripe holds {held} {currency}, the books say {booked} (minor units): {held - booked} apart."
        open_issue("balance_differs", currency, problem)
        problems.append(problem)
    return problems
