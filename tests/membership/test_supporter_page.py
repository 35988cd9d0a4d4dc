"""What the staff's page about a supporter says of their memberships."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from membership.models import Gift, Membership, Movement, Tier
from membership.movements import write_start
from membership.states import State
from payments.models import Issue, Plan
from receipts.checks import books_problems
from receipts.history import history_of, rows_of
from receipts.merging import merge, undo
from receipts.models import Fund, Payer
from tests.payments import desk
from tests.receipts import cast
from tests.receipts.books import a_payer

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def a_membership(payer: Payer, tier: Tier, **more: Any) -> Membership:
    fields = {"interval": "month", "amount": 1500, "currency": "USD", "state": State.ACTIVE, "started_at": NOW}
    return Membership.objects.create(payer=payer, tier=tier, paid_until=NOW + timedelta(days=20), **{**fields, **more})


def a_plan_of(membership: Membership) -> Plan:
    return Plan.objects.create(
        payer=membership.payer, payable_kind=Membership.kind(), payable_id=membership.pk, status="active",
        first_payment=desk.a_paid_payment(), subscription_id="sub_1", livemode=False, synced_at=NOW,
    )  # fmt: skip


def moved(one: Membership | Gift, kind: str, before: int, after: int, **more: Any) -> None:
    Movement.objects.create(
        kind=kind, at=NOW, payer=one.payer, subscription_kind=one.kind(), subscription_id=one.pk, before=before,
        after=after, currency="USD", **more,
    )  # fmt: skip


def items(payer: Payer) -> list[tuple[str, str]]:
    return [(item.title, item.detail) for item in history_of(rows_of(payer)) if item.kind == "support"]


def test_every_movement_shows_with_its_reason(friend: Tier) -> None:
    one = a_membership(a_payer(), friend, cancel_reason="Moving abroad")
    moved(one, "new", 0, 18_000)
    moved(one, "upgrade", 18_000, 24_000, reason="supporter")
    moved(one, "behind", 24_000, 24_000, reason="generic_decline")
    moved(one, "loss", 24_000, 0, reason="cancellation_requested")
    name = f"Membership {friend}"
    assert sorted(items(one.payer)) == [
        (f"{name}: gives more", "Their own choice · now $240.00 a year"),
        (f"{name}: lost", "They asked to end it · now $0.00 a year · Moving abroad"),
        (f"{name}: new", "now $180.00 a year"),
        (f"{name}: payment failed", "The bank says no without a reason"),
    ]


def test_a_recurring_gift_shows_and_one_from_before_the_log_too(friend: Tier) -> None:
    payer = a_payer()
    gift = Gift.objects.create(
        payer=payer, interval="month", amount=900, currency="USD", fund=Fund.unrestricted(), state=State.ACTIVE
    )
    moved(gift, "new", 0, 10_800)
    a_membership(payer, friend, ended_at=NOW + timedelta(days=1), state=State.CANCELLED)
    assert [title.split(": ")[1] for title, _ in items(payer)].count("new") == 2
    assert any(title.startswith("Recurring gift to") for title, _ in items(payer))


def test_the_page_shows_what_runs_with_no_more_queries_for_more(friend: Tier, settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False
    client = cast.signed_in(cast.in_group("Fundraisers", "fatima@example.org"))
    payer = a_payer()

    def asked() -> int:
        address = reverse("payers:inspect", args=[payer.pk])
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert f"Membership {friend}" in client.get(address).content.decode()
        return len(queries)

    moved(a_membership(payer, friend), "new", 0, 18_000)
    few = asked()
    for _ in range(5):
        moved(a_membership(payer, friend), "new", 0, 18_000)
    assert asked() == few


def test_a_membership_of_a_merged_payer_is_live_for_the_kept_ones_login_until_they_are_parted(friend: Tier) -> None:
    user = cast.somebody("alice@example.org")
    kept, merged = a_payer(user=user, email=user.email), a_payer(email="old@example.org")
    membership = a_membership(merged, friend)
    record = merge(kept=kept, merged=merged, by=None)
    assert list(Membership.objects.of_user(user).live(NOW)) == [membership]
    assert user.groups.filter(membership_tier=friend).exists()
    undo(record, by=None)
    assert not Membership.objects.of_user(user).exists()
    assert not user.groups.filter(membership_tier=friend).exists(), "at once, not with the next run of a job"
    assert not books_problems()


def test_the_supporters_own_page_shows_what_was_merged_and_a_strangers_does_not(friend: Tier) -> None:
    user, charlie = cast.somebody("alice@example.org"), cast.somebody("charlie@example.org")
    kept, merged = a_payer(user=user, email=user.email), a_payer(email="old@example.org")
    a_membership(merged, friend)
    merge(kept=kept, merged=merged, by=None)
    pages = [cast.signed_in(one).get(reverse("account_home")).content.decode() for one in (user, charlie)]
    assert [friend.name in page for page in pages] == [True, False]


def test_who_comes_back_under_a_merged_payer_has_come_back(friend: Tier) -> None:
    kept, merged = a_payer(), a_payer(email="old@example.org")
    moved(a_membership(merged, friend), "loss", 18_000, 0)
    merge(kept=kept, merged=merged, by=None)
    again = a_membership(kept, friend)
    write_start(again, NOW)
    assert Movement.objects.get(subscription_id=again.pk).kind == Movement.Kind.RETURNED


def test_two_plans_of_one_tier_under_merged_payers_are_warned_of(friend: Tier) -> None:
    kept, merged = a_payer(), a_payer(email="old@example.org")
    a_membership(merged, friend)
    second = a_membership(kept, friend)
    plan = a_plan_of(second)
    second.plan_changed(plan)
    assert not Issue.objects.exists()
    merge(kept=kept, merged=merged, by=None)
    second.plan_changed(plan)
    assert Issue.objects.get().kind == "duplicate_plan"
