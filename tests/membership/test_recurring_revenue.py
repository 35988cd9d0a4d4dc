"""The log of movements, replayed, is what Stripe says: checked for every day of a history that was lived through.

``STEADFAST_LONG=1`` takes the demo's own history, all of it; without it a shorter one, in which more happens.
"""

from __future__ import annotations

import os
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from config.demo import history
from config.demo.history import History, prepared_offerings
from config.demo.people import known_member
from config.demo_logins import MEMBER
from membership import revenue
from membership.models import Membership, Movement, Tier
from membership.models.movements import NeverChanged
from payments import gateway
from payments.intervals import PER_YEAR, interval_of
from receipts.checks import books_problems
from receipts.models import Payer
from receipts.months import month_of
from tests.membership.way import Way
from tests.sandbox_client import Sandbox

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

Kind = Movement.Kind
LONG = bool(os.environ.get("STEADFAST_LONG"))


def live_through(*, people: int, months: int, seed: int = 7) -> None:
    story = History(
        people=people, months=months, starts=prepared_offerings(), member=known_member(MEMBER), tell=lambda share: None,
        dice=Random(seed),
    )  # fmt: skip
    story.live()


@pytest.fixture
def eventful(monkeypatch: pytest.MonkeyPatch) -> None:
    """So much happens that a short history has all of it."""
    if LONG:
        return
    for name, percent in {
        "CANCELS": 6.0, "GIVES_MORE": 18.0, "GIVES_AS_BEFORE": 15.0, "PAUSES": 10.0, "FAILS_ONCE": 25.0,
        "FAILS_FOR_GOOD": 6.0,
    }.items():  # fmt: skip
        monkeypatch.setattr(history, name, percent)


def yearly_by_stripe(subscription: Any) -> int:
    """What a subscription, as an event carries it, will ask for in a year."""
    running = subscription["status"] in ("active", "trialing", "past_due")
    ends = subscription["cancel_at_period_end"] and subscription["status"] != "past_due"
    if not running or ends or subscription["pause_collection"]:
        return 0
    items = subscription["items"]["data"]
    recurring = items[0]["price"]["recurring"]
    times = PER_YEAR[interval_of(recurring["interval"], recurring["interval_count"])]
    return times * sum(item["price"]["unit_amount"] * item["quantity"] for item in items)


def revenue_by_stripe(sandbox: Sandbox) -> list[tuple[datetime, int]]:
    """When the recurring revenue changed and to what, from Stripe's own events and nothing of ours."""
    sandbox.settings(event_days=4000)
    events = [event.to_dict(for_json=True) for event in gateway.events(since=0)]
    told = [event for event in reversed(events) if event["type"].startswith("customer.subscription.")]
    each: dict[str, int] = defaultdict(int)
    steps = []
    for event in told:
        subscription = event["data"]["object"]
        each[subscription["id"]] = yearly_by_stripe(subscription)
        steps.append((datetime.fromtimestamp(event["created"], tz=UTC), sum(each.values())))
    return steps


@pytest.mark.slow
def test_every_day_of_a_history_replays_to_what_stripe_says(connected_sandbox: Sandbox, eventful: None) -> None:
    people, months = (40, 24) if LONG else (34, 7)
    live_through(people=people, months=months)
    steps = revenue_by_stripe(connected_sandbox)
    day, differing, looked_at = steps[0][0], [], 0
    while day < timezone.now():
        day += timedelta(days=1)
        by_stripe = [sum_ for moment, sum_ in steps if moment <= day][-1]
        if revenue.replayed(day).get("USD", 0) != by_stripe:
            differing.append((day, revenue.replayed(day), by_stripe))
        looked_at += 1
    assert looked_at > months * 29 and not differing
    assert revenue.live() == {"USD": steps[-1][1]} == revenue.replayed(timezone.now())
    assert LONG or set(Movement.objects.values_list("kind", flat=True)) >= {
        Kind.NEW, Kind.UPGRADE, Kind.DOWNGRADE, Kind.PAUSE, Kind.RESUME, Kind.LOSS, Kind.BEHIND, Kind.RECOVERY,
    }  # fmt: skip
    assert not list(revenue.problems()) and not books_problems()


@pytest.mark.slow
def test_months_go_on_where_the_one_before_ended(connected_sandbox: Sandbox, eventful: None) -> None:
    live_through(people=6, months=3)
    now = month_of(timezone.now())
    (months,) = revenue.by_month(now - 100, now).values()
    assert months[0].start == 0 and months[-1].end == revenue.live()["USD"]
    assert all(before.end == after.start for before, after in zip(months, months[1:], strict=False))
    assert (
        sum(month.counts[Kind.NEW] + month.counts[Kind.RETURNED] for month in months)
        == Movement.objects.filter(kind__in=[Kind.NEW, Kind.RETURNED]).count()
    )


class TestTheLog:
    def test_a_payment_that_failed_and_came_is_told_with_its_reason(self, way: Way, member: Membership) -> None:
        way.sandbox.next_outcome(member.plan().subscription_id, "insufficient_funds", times=1)
        way.advance(days=31)
        way.advance(days=4)
        told = Movement.objects.values_list("kind", "reason", "before", "after")
        assert list(told) == [
            (Kind.NEW, "", 0, member.yearly_amount),
            (Kind.BEHIND, "insufficient_funds", member.yearly_amount, member.yearly_amount),
            (Kind.RECOVERY, "insufficient_funds", member.yearly_amount, member.yearly_amount),
        ]
        failure = member.plan().failures.get()
        assert (failure.settled_as, failure.amount) == ("paid", member.amount)

    def test_whoever_comes_back_is_not_new(self, way: Way, member: Membership, friend: Tier) -> None:
        way.sandbox.control("POST", f"subscriptions/{member.plan().subscription_id}/cancel", at_period_end=True)
        way.deliver()
        way.advance(days=31)
        way.join(friend, email=member.payer.email, name=member.payer.name)
        way.pay()
        assert list(Movement.objects.values_list("kind", "reason")) == [
            (Kind.NEW, ""), (Kind.LOSS, "cancellation_requested"), (Kind.RETURNED, ""),
        ]  # fmt: skip

    def test_nobody_edits_or_deletes_it(self, movement: Movement) -> None:
        movement.after = 0
        with pytest.raises(NeverChanged):
            movement.save()
        with pytest.raises(NeverChanged):
            movement.delete()
        for change in (
            lambda: Movement.objects.update(after=0),
            lambda: Movement.objects.filter(pk=movement.pk)._raw_delete("default"),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                change()
        assert Movement.objects.get().after == 18000

    def test_a_missing_trigger_is_named(self, movement: Movement) -> None:
        table = Movement._meta.db_table
        on_table = f" ON {table}" if connection.vendor == "postgresql" else ""
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TRIGGER {table}_no_update{on_table}")
        assert "can be edited" in next(revenue.problems())

    def test_a_log_that_differs_from_the_subscriptions_is_named(self, movement: Movement) -> None:
        assert "0 USD a year" in next(revenue.problems())


@pytest.fixture
def movement() -> Movement:
    payer = Payer.objects.create(name="Alice", fingerprint="alice")
    return Movement.objects.create(
        kind=Kind.NEW, at=timezone.now(), payer=payer, subscription_kind="membership.membership", subscription_id=1,
        before=0, after=18000, currency="USD",
    )  # fmt: skip


@pytest.fixture
def desk(settings: Any) -> Client:
    settings.STAFF_SECOND_FACTOR = False
    client = Client()
    client.force_login(User.objects.create_superuser("terry@example.org"))
    return client


class TestScreens:
    def test_the_report_shows_each_month_and_agrees(self, desk: Client, way: Way, member: Membership) -> None:
        page = desk.get(reverse("recurring_revenue:index")).content.decode()
        assert "equals what the running subscriptions bring" in page and "$100.00 a month" in page
        csv = b"".join(desk.get(reverse("recurring_revenue:index"), {"export": "csv"})).decode()
        assert "100.00" in csv and "Came back" in csv

    def test_the_log_names_what_happened_in_words(self, desk: Client, way: Way, member: Membership) -> None:
        way.sandbox.control("POST", f"subscriptions/{member.plan().subscription_id}/cancel", at_period_end=True)
        way.deliver()
        page = desk.get(reverse("movements:index")).content.decode()
        assert "They asked to end it" in page and "-$1,200.00" in page.replace("−", "-")

    def test_whoever_is_not_let_in_sees_neither(self, client: Client, settings: Any) -> None:
        settings.STAFF_SECOND_FACTOR = False
        editor = User.objects.create_user("edith@example.org")
        editor.groups.add(Group.objects.get(name="Editors"))
        for name in ("recurring_revenue:index", "movements:index"):
            assert client.get(reverse(name)).status_code == 302
        client.force_login(editor)
        # Wagtail sends whoever lacks a permission back to its home page.
        answers = [client.get(reverse(name)) for name in ("recurring_revenue:index", "movements:index")]
        assert [answer.url for answer in answers] == [reverse("wagtailadmin_home")] * 2
        assert answers[1].url == reverse("wagtailadmin_home")

    def test_the_log_asks_as_often_for_many_rows(self, desk: Client, django_assert_max_num_queries: Any) -> None:
        payer = Payer.objects.create(name="Alice", fingerprint="alice")
        Movement.objects.bulk_create(
            Movement(
                kind=Kind.NEW, at=timezone.now(), payer=payer, subscription_kind="membership.gift", subscription_id=row,
                before=0, after=12000, currency="USD",
            )
            for row in range(60)
        )  # fmt: skip
        desk.get(reverse("movements:index"))
        with django_assert_max_num_queries(30):
            desk.get(reverse("movements:index"))
