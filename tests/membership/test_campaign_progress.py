"""How far a campaign got: what is received, and nothing else, stands in the bar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from membership.campaign_progress import days_left, progress, progress_of
from membership.models import Campaign, Gift, Pledge
from membership.states import State
from receipts import ledger
from receipts.checks import books_problems
from receipts.models import Fund, Issuer
from tests.membership.campaigner import a_campaign, a_payer, a_pool, book, give_back
from tests.membership.giver import Giver, only_gift

if TYPE_CHECKING:
    from tests.sandbox_client import Sandbox

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def boat(db: None) -> Campaign:
    return a_campaign()


@pytest.fixture
def giver(connected_sandbox: Sandbox, client: Client) -> Giver:
    Issuer.objects.update_or_create(defaults={"jurisdiction": "US", "legal_name": "Harbour Light"})
    return Giver(sandbox=connected_sandbox, client=client)


class TestWhatIsReceived:
    def test_a_gift_counts_when_it_is_paid_and_not_before(self, giver: Giver, boat: Campaign) -> None:
        payment = giver.give(purpose="campaign-boat")
        assert progress(boat).settled == 0
        giver.pay(payment)
        assert (progress(boat).settled, progress(boat).donors) == (5000, 1)
        assert not books_problems()

    def test_a_debit_under_way_is_not_received(self, giver: Giver, boat: Campaign) -> None:
        giver.pay(giver.give(purpose="campaign-boat"), outcome="sepa_paid_later")
        assert (progress(boat).settled, progress(boat).donors) == (0, 0)

    def test_what_covers_the_card_costs_brings_it_no_further(self, giver: Giver, boat: Campaign) -> None:
        giver.pay(giver.give(purpose="campaign-boat", covers_fee="on"))
        assert only_gift().amount > 5000 and progress(boat).settled == 5000

    def test_money_that_came_offline_counts_like_any_other(self, boat: Campaign) -> None:
        book(boat, 12_000)
        assert progress(boat).settled == 12_000

    def test_a_refund_and_a_lost_dispute_are_taken_off(self, boat: Campaign) -> None:
        first, second = book(boat, 5000), book(boat, 3000, payer=a_payer("Ada Byron"))
        give_back(first, 2000)
        assert (progress(boat).settled, progress(boat).donors) == (6000, 2)
        ledger.record_dispute_lost(reference="lost", of=second, amount=3000, occurred_at=timezone.now())
        assert (progress(boat).settled, progress(boat).donors) == (3000, 1)

    def test_a_refund_that_failed_counts_again(self, boat: Campaign) -> None:
        refund = give_back(book(boat, 5000), 5000)
        assert (progress(boat).settled, progress(boat).donors) == (0, 0)
        ledger.reverse(refund, reference="failed", occurred_at=timezone.now())
        assert (progress(boat).settled, progress(boat).donors) == (5000, 1)

    def test_other_currencies_are_never_added_up(self, boat: Campaign) -> None:
        book(boat, 5000), book(boat, 700, currency="EUR")
        assert (progress(boat).settled, progress(boat).others) == (5000, ((700, "EUR"),))

    def test_what_was_booked_later_is_left_out_of_an_earlier_day(self, boat: Campaign) -> None:
        before = timezone.now()
        book(boat, 5000)
        assert progress(boat, as_of=before).settled == 0

    def test_a_merged_giver_is_one_donor(self, boat: Campaign) -> None:
        kept, double = a_payer("Grace Hopper"), a_payer("Grace B. Hopper")
        book(boat, 100, payer=kept), book(boat, 100, payer=double)
        assert progress(boat).donors == 2
        type(double).objects.filter(pk=double.pk).update(merged_into=kept)
        assert progress(boat).donors == 1


class TestWhatIsPromised:
    def test_it_stands_apart_and_never_in_the_bar_of_what_is_received(self, boat: Campaign) -> None:
        a_pool(boat)
        book(boat, 5000)
        Pledge.objects.create(campaign=boat, payer=a_payer(), amount=30_000)
        Pledge.objects.create(campaign=boat, payer=a_payer(), amount=1, state=Pledge.State.PAID)
        Pledge.objects.create(campaign=boat, payer=a_payer(), amount=1, state=Pledge.State.WRITTEN_OFF)
        now = progress(boat)
        assert (now.settled, now.pledged, now.matched) == (5000, 35_000, 5000)

    @pytest.mark.parametrize(
        ("received", "promised", "widths", "percent"),
        [
            (0, 0, (0, 0), 0),
            (1_999_999, 0, (999, 0), 99),
            (2_000_000, 5, (1000, 0), 100),
            (1_500_000, 900_000, (750, 250), 75),
            (9_000_000, 900_000, (1000, 0), 450),
        ],
    )
    def test_the_bar_is_never_wider_than_itself(
        self, boat: Campaign, received: int, promised: int, widths: tuple[int, int], percent: int
    ) -> None:
        if received:
            book(boat, received)
        if promised:
            Pledge.objects.create(campaign=boat, payer=a_payer(), amount=promised)
        now = progress(boat)
        assert ((now.width, now.pledged_width), now.percent) == (widths, percent)


class TestOtherGoals:
    def test_a_number_of_donors(self) -> None:
        boat = a_campaign(goal_kind="donors", goal_amount=None, goal_count=4)
        book(boat, 5000), book(boat, 5000), book(boat, 1, payer=a_payer("Ada Byron"))
        assert (progress(boat).reached, progress(boat).percent, progress(boat).few_donors) == (2, 50, True)

    def test_new_monthly_donors_are_those_who_still_run(self) -> None:
        boat = a_campaign(goal_kind="new_monthly", goal_amount=None, goal_count=10)
        terms: dict[str, Any] = {"fund": Fund.unrestricted(), "campaign": boat, "amount": 500, "currency": "USD"}
        rows = [
            ("Ada Byron", "month", State.ACTIVE),
            ("Ada Byron", "month", State.ACTIVE),
            ("Mary Somerville", "month", State.CANCELLED),
            ("Grace Hopper", "year", State.ACTIVE),
            ("Joan Clarke", "month", State.UNDER_WAY),
        ]
        for name, interval, state in rows:
            started = timezone.now() if state != State.UNDER_WAY else None
            Gift.objects.create(payer=a_payer(name), interval=interval, state=state, started_at=started, **terms)
        assert progress(boat).reached == 1

    def test_a_goal_must_say_what_it_counts(self) -> None:
        with pytest.raises(IntegrityError):
            a_campaign(goal_kind="donors", goal_amount=100, goal_count=None)

    def test_amounts_without_decimals(self, settings: Any) -> None:
        settings.REPORTING_CURRENCY = "JPY"
        boat = a_campaign(goal_amount=300_000)
        book(boat, 1_000, currency="JPY")
        assert (progress(boat).settled, progress(boat).currency, progress(boat).width) == (1000, "JPY", 3)


class TestTheDeadline:
    @pytest.mark.parametrize(
        ("ends", "now", "left"),
        [
            # Midnight in New York is five in the morning, universal time.
            (datetime(2027, 1, 1, 5, tzinfo=UTC), datetime(2026, 12, 31, 23, tzinfo=UTC), 0),
            (datetime(2027, 1, 1, 5, tzinfo=UTC), datetime(2026, 12, 31, 4, tzinfo=UTC), 1),
            (datetime(2027, 1, 2, 1, tzinfo=UTC), datetime(2026, 12, 31, 23, tzinfo=UTC), 1),
            (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC), 0),
        ],
    )
    def test_days_are_the_organisations(self, settings: Any, ends: datetime, now: datetime, left: int) -> None:
        settings.TIME_ZONE = "America/New_York"
        with timezone.override("America/New_York"):
            assert days_left(Campaign(ends_at=ends), now) == left

    def test_without_one_there_are_no_days(self, boat: Campaign) -> None:
        assert progress(boat).days_left is None and not progress(boat).is_over


def test_many_campaigns_cost_as_many_queries_as_one() -> None:
    def queries(number: int) -> int:
        with CaptureQueriesContext(
            connection,
        ) as counted:
            progress_of(Campaign.objects.all()[:number])
        return len(counted)

    for number in range(6):
        one = a_campaign(name=f"Boat {number}", slug=f"boat-{number}", starts_at=timezone.now() - timedelta(days=9))
        a_pool(one), book(one, 100)
    assert queries(6) == queries(1) <= 6
