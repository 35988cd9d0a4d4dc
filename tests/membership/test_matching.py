"""A sponsor adds to gifts, up to a cap that holds whatever happens at the same time."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import F, Sum
from django.test import Client
from django.utils import timezone

from membership import matching
from membership.models import Campaign, Match, MatchPool
from membership.models.matches import MatchPoolQuerySet
from receipts import ledger
from receipts.checks import books_problems
from receipts.models import Issuer
from tests.membership.campaigner import a_campaign, a_payer, a_pool, book, give_back
from tests.membership.giver import Giver

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def boat(db: None) -> Campaign:
    return a_campaign()


def matched(pool: MatchPool) -> int:
    pool.refresh_from_db()
    assert (pool.matches.aggregate(s=Sum("amount"))["s"] or 0) == pool.matched
    return pool.matched


class TestWhatIsAdded:
    @pytest.mark.parametrize(
        ("terms", "gift", "added"),
        [
            ({}, 5000, 5000),
            ({"percent": 50}, 5001, 2500),
            ({"percent": 200}, 5000, 10_000),
            ({"per_gift_most": 3000}, 5000, 3000),
            ({"cap": 4000}, 5000, 4000),
            ({"is_open": False}, 5000, 0),
            ({"starts_at": timezone.now() + timedelta(days=1)}, 5000, 0),
            ({"ends_at": timezone.now() - timedelta(hours=1)}, 5000, 0),
        ],
    )
    def test_by_the_terms_of_the_pool(self, boat: Campaign, terms: dict[str, Any], gift: int, added: int) -> None:
        pool = a_pool(boat, **terms)
        book(boat, gift)
        assert matched(pool) == added

    def test_the_last_gift_gets_exactly_what_is_left(self, boat: Campaign) -> None:
        pool = a_pool(boat, cap=12_000)
        payments = [book(boat, 5000) for _ in range(4)]
        assert [matching.matched_for(payment)[0] for payment in payments] == [5000, 5000, 2000, 0]
        assert matched(pool) == pool.cap and matching.open_pool(boat) is None

    def test_a_second_pool_goes_on_where_the_first_is_spent(self, boat: Campaign) -> None:
        first, second = a_pool(boat, cap=1000), a_pool(boat)
        book(boat, 5000), book(boat, 5000)
        assert (matched(first), matched(second)) == (1000, 5000)

    def test_sponsors_do_not_match_themselves_nor_another_currency(self, boat: Campaign) -> None:
        pool = a_pool(boat)
        book(boat, 5000, payer=pool.sponsor), book(boat, 5000, currency="EUR")
        assert matched(pool) == 0

    def test_another_campaign_has_no_part_in_it(self, boat: Campaign) -> None:
        pool = a_pool(boat)
        book(a_campaign(name="A roof", slug="roof"), 5000)
        assert matched(pool) == 0

    def test_told_twice_it_is_matched_once(self, boat: Campaign) -> None:
        pool = a_pool(boat)
        payment = book(boat, 5000)
        matching.follow(payment), matching.catch_up()
        assert matched(pool) == 5000 and Match.objects.count() == 1


class TestWhatGoesBack:
    def test_a_refund_frees_its_match_for_later_gifts_and_for_no_earlier_one(self, boat: Campaign) -> None:
        pool = a_pool(boat, cap=5000)
        first, second = book(boat, 5000), book(boat, 5000)
        give_back(first, 2000)
        assert matched(pool) == 3000
        matching.catch_up()
        give_back(second, 1000)
        assert matching.matched_for(second)[0] == 0
        assert matching.matched_for(book(boat, 9000))[0] == 2000 and matched(pool) == 5000

    def test_what_is_left_of_a_gift_keeps_its_match(self, boat: Campaign) -> None:
        pool = a_pool(boat, per_gift_most=3000)
        give_back(book(boat, 5000), 1000)
        assert matched(pool) == 3000

    def test_a_refund_that_failed_takes_back_what_it_freed_if_it_is_still_there(self, boat: Campaign) -> None:
        pool = a_pool(boat, cap=5000)
        payment = book(boat, 5000)
        refund = give_back(payment, 5000)
        book(boat, 2000)
        reversal, _ = ledger.reverse(refund, reference="failed", occurred_at=timezone.now())
        matching.follow(reversal)
        assert matching.matched_for(payment)[0] == 3000 and matched(pool) == 5000

    def test_a_gift_that_was_booked_by_mistake_is_not_matched_any_more(self, boat: Campaign) -> None:
        pool = a_pool(boat)
        reversal, _ = ledger.reverse(book(boat, 5000), reference="mistake", occurred_at=timezone.now())
        matching.follow(reversal)
        assert matched(pool) == 0


class TestTheCap:
    def test_the_database_refuses_more(self, boat: Campaign) -> None:
        pool = a_pool(boat)
        with pytest.raises(IntegrityError), transaction.atomic():
            MatchPool.objects.filter(pk=pool.pk).update(matched=F("cap") + 1)

    @pytest.mark.django_db(transaction=True)
    def test_fifty_at_once_match_the_cap_exactly(self, boat: Campaign) -> None:
        pool = a_pool(boat, cap=100_000)
        assert sum(at_once(boat, pool)) == 100_000 == matched(pool)

    @pytest.mark.django_db(transaction=True)
    def test_without_the_condition_the_sum_would_not_hold(
        self, boat: Campaign, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The control: looking first and writing then loses money or is refused, so the test above can see it."""
        barrier = Barrier(2, timeout=20)

        def look_then_write(self: MatchPoolQuerySet, pool: MatchPool, wanted: int) -> int:
            left = self.left_in(pool)
            barrier.wait()
            part = min(wanted, left)
            self.filter(pk=pool.pk).update(matched=pool.cap - left + part)
            return part

        monkeypatch.setattr(MatchPoolQuerySet, "take", look_then_write)
        pool = a_pool(boat, cap=100_000)
        taken = in_threads(lambda: MatchPool.objects.take(pool, 30_000), 2)
        pool.refresh_from_db()
        assert sum(taken) != pool.matched


def in_threads(do: Any, number: int) -> list[int]:
    def one(_: int) -> int:
        try:
            return int(do())
        finally:
            connection.close()

    with ThreadPoolExecutor(number) as threads:
        return list(threads.map(one, range(number)))


def at_once(boat: Campaign, pool: MatchPool) -> list[int]:
    """Fifty gifts of 30.00 from eight sides, for a pool that has enough for 33 and a third."""
    payer = a_payer()
    boat.fund_of_gifts()

    def settle() -> int:
        return matching.matched_for(book(boat, 3000, payer=payer))[0]

    results: list[int] = []
    for _ in range(6):
        results += in_threads(settle, 8)
    return [*results, settle(), settle()]


class TestAPaymentNeverWaits:
    def test_a_broken_match_leaves_the_booking_and_is_caught_up(
        self, boat: Campaign, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        pool = a_pool(boat)

        def breaks(*args: Any) -> int:
            raise DatabaseError("out of order")

        with monkeypatch.context() as patched:
            patched.setattr(MatchPoolQuerySet, "take", breaks)
            with caplog.at_level(logging.CRITICAL):
                payment = book(boat, 5000)
        assert matched(pool) == 0 and payment.pk
        matching.catch_up()
        assert matched(pool) == 5000

    def test_through_stripe_with_a_refund(self, connected_sandbox: Any, client: Client, boat: Campaign) -> None:
        Issuer.objects.update_or_create(defaults={"jurisdiction": "US", "legal_name": "Harbour Light"})
        pool = a_pool(boat, cap=7000)
        giver = Giver(sandbox=connected_sandbox, client=client)
        first = giver.pay(giver.give(purpose="campaign-boat", covers_fee="on"))
        giver.pay(giver.give(purpose="campaign-boat"))
        assert matched(pool) == 7000
        connected_sandbox.control("POST", f"charges/{first.charge_id}/refund")
        giver.deliver()
        assert matched(pool) == 2000
        assert not books_problems() and not list(matching.problems())
