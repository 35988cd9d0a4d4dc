"""Another card is put to work on the subscription itself, never only on the customer."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from payments import cards, changing, gateway, pausing, terms
from payments.models import CardChange, Customer, Issue, Payment, Plan, PlanTerms
from receipts.checks import books_problems
from tests.faults.road import Road

pytestmark = pytest.mark.django_db


@pytest.fixture
def monthly(road: Road) -> Plan:
    payment = road.start_and_pay(interval="month")
    road.deliver_and_work_off()
    return road.plan(payment)


def give_card(road: Road, card: str) -> None:
    road.sandbox.new_card(Customer.objects.get().stripe_id or "", card)


def begun(plan: Plan, *, for_all: bool = False) -> CardChange:
    url = cards.begin(plan, for_all=for_all, return_path="/back/{change}/")
    assert "/p/session/" in url
    return CardChange.objects.latest("pk")


class TestACardChange:
    def test_the_portal_alone_changes_no_subscription_and_we_do(self, road: Road, monthly: Plan) -> None:
        change = begun(monthly)
        give_card(road, "mastercard")
        changing.reread(monthly)
        assert monthly.card_last4 == "4242"
        result = cards.finish(change)
        assert result.is_changed and [plan.card_last4 for plan in result.plans] == ["4444"]
        road.sandbox.advance(days=31)
        road.deliver_and_work_off()
        assert Payment.objects.paid().count() == 2
        remote = gateway.read_subscription(monthly.subscription_id)
        assert remote.default_payment_method.card.last4 == "4444"

    def test_of_two_plans_only_the_chosen_one_changes_or_both(self, road: Road, monthly: Plan) -> None:
        second = road.start_and_pay(interval="year", amount=9000)
        road.deliver_and_work_off()
        change = begun(monthly)
        give_card(road, "mastercard")
        cards.finish(change)
        assert sorted(Plan.objects.values_list("card_last4", flat=True)) == ["4242", "4444"]
        change = begun(road.plan(second), for_all=True)
        give_card(road, "amex")
        assert len(cards.finish(change).plans) == 2
        assert set(Plan.objects.values_list("card_last4", flat=True)) == {"0005"}

    def test_whoever_turns_back_has_changed_nothing(self, road: Road, monthly: Plan) -> None:
        change = begun(monthly)
        assert not cards.finish(change).is_changed
        assert change.outcome == CardChange.Outcome.WAITING

    def test_whoever_never_comes_back_is_finished_by_the_job(self, road: Road, monthly: Plan) -> None:
        change = begun(monthly)
        give_card(road, "mastercard")
        assert cards.finish_waiting() == 0
        CardChange.objects.update(started_at=timezone.now() - timedelta(minutes=6))
        assert cards.finish_waiting() == 1 and cards.finish_waiting() == 0
        monthly.refresh_from_db()
        change.refresh_from_db()
        assert (monthly.card_last4, change.outcome) == ("4444", CardChange.Outcome.CHANGED)

    def test_one_that_led_nowhere_is_let_go_after_a_day(self, road: Road, monthly: Plan) -> None:
        begun(monthly)
        CardChange.objects.update(started_at=timezone.now() - timedelta(days=2))
        cards.finish_waiting()
        assert CardChange.objects.get().outcome == CardChange.Outcome.UNCHANGED

    def test_what_is_open_is_paid_with_it_once(self, road: Road, monthly: Plan) -> None:
        road.sandbox.next_outcome(monthly.subscription_id, "insufficient_funds", times=1)
        road.sandbox.advance(days=31)
        road.deliver_and_work_off()
        monthly.refresh_from_db()
        assert monthly.status == "past_due" and cards.open_invoice_of(monthly)
        change = begun(monthly)
        give_card(road, "mastercard")
        result = cards.finish(change)
        assert result.mended == (monthly,) and not result.still_open
        cards.finish(change)
        road.deliver_and_work_off()
        monthly.refresh_from_db()
        assert monthly.status == "active" and Payment.objects.paid().count() == 2
        assert monthly.failures.get().settled_as == "paid"
        assert road.books_agree() and not books_problems()

    def test_a_new_card_that_says_no_too_leaves_it_open(self, road: Road, monthly: Plan) -> None:
        road.sandbox.next_outcome(monthly.subscription_id, "insufficient_funds", times=1)
        road.sandbox.advance(days=31)
        road.deliver_and_work_off()
        change = begun(monthly)
        give_card(road, "declined")
        result = cards.finish(change)
        assert result.still_open == (monthly,) and not result.mended
        monthly.refresh_from_db()
        assert monthly.failures.get().settled_as == "" and monthly.status == "past_due"

    def test_stripe_away_is_no_answer_and_it_goes_on_later(self, road: Road, monthly: Plan) -> None:
        change = begun(monthly)
        give_card(road, "mastercard")
        road.sandbox.fault("POST /v1/subscriptions/{subscription_exposed_id}", "drop_before", times=5)
        with pytest.raises(gateway.StripeUnavailable):
            cards.finish(change)
        road.sandbox.clear_faults()
        assert cards.finish(change).is_changed


class TestOtherTerms:
    """Amounts, intervals and pauses, here and in Stripe's own dashboard."""

    def ask(self, plan: Plan, amount: int, *, interval: str = "month", moment: int | None = None) -> PlanTerms:
        payable = plan.payable()
        assert payable
        lines = payable.lines_at(amount=amount, interval=interval)
        return changing.change(plan, lines=lines, interval=interval, detail={}, origin="supporter", moment=moment)

    def test_another_amount_holds_from_the_next_payment_on(self, road: Road, monthly: Plan) -> None:
        asked = self.ask(monthly, 8000)
        assert asked.state == PlanTerms.State.IN_FORCE and monthly.amount == 8000
        assert Payment.objects.paid().count() == 1
        road.sandbox.advance(days=31)
        road.deliver_and_work_off()
        renewal = Payment.objects.paid().latest("pk")
        assert renewal.amount == 8000 and not renewal.problem
        assert road.offering(renewal).changed_count == 1
        assert road.books_agree() and not books_problems()

    def test_an_invoice_of_the_old_amount_is_booked_by_the_old_terms(self, road: Road, monthly: Plan) -> None:
        road.sandbox.next_outcome(monthly.subscription_id, "insufficient_funds", times=1)
        road.sandbox.advance(days=31)
        road.deliver_and_work_off()
        self.ask(monthly, 8000)
        road.sandbox.advance(days=4)
        road.deliver_and_work_off()
        assert sorted(Payment.objects.paid().values_list("amount", flat=True)) == [5000, 5000]
        assert road.books_agree()

    def test_f44_what_the_preview_says_is_what_is_charged(self, road: Road, monthly: Plan) -> None:
        road.sandbox.advance(days=10)
        moment = road.sandbox.now()
        payable = monthly.payable()
        assert payable
        shown = changing.preview(
            monthly, lines=payable.lines_at(amount=50000, interval="year"), interval="year", moment=moment
        )
        assert shown.cost == 50000 and 0 < shown.credit < 5000 and shown.due_now == shown.cost - shown.credit
        asked = self.ask(monthly, 50000, interval="year", moment=moment)
        road.deliver_and_work_off()
        assert asked.state == PlanTerms.State.IN_FORCE
        charged = Payment.objects.paid().latest("pk")
        assert charged.amount == shown.due_now and not charged.problem
        monthly.refresh_from_db()
        assert monthly.interval == "year" and monthly.paid_until == monthly.current_period_end
        assert monthly.current_period_end == shown.next_payment_at
        assert road.books_agree() and not books_problems()

    def test_f44_a_change_whose_payment_fails_waits_and_then_is_dropped(self, road: Road, monthly: Plan) -> None:
        road.sandbox.next_outcome(monthly.subscription_id, "insufficient_funds", times=9)
        asked = self.ask(monthly, 50000, interval="year", moment=road.sandbox.now())
        assert asked.state == PlanTerms.State.WAITING
        assert (monthly.amount, monthly.interval) == (5000, "month")
        assert Plan.objects.filter(pending_until__isnull=False).exists()
        road.deliver_and_work_off()
        assert monthly.failures.count() == 0
        road.sandbox.advance(days=2)
        road.deliver_and_work_off()
        assert PlanTerms.objects.get(pk=asked.pk).state == PlanTerms.State.DROPPED
        assert Plan.objects.get().pending_until is None
        assert monthly.terms_in_force().amount == 5000
        assert Payment.objects.paid().count() == 1

    def test_f29_a_price_changed_in_the_dashboard_is_followed(self, road: Road, monthly: Plan) -> None:
        road.sandbox.change_subscription(monthly.subscription_id, amount=7000)
        road.deliver_and_work_off()
        current = monthly.terms_in_force()
        assert (current.amount, current.origin) == (7000, PlanTerms.Origin.OUTSIDE)
        road.sandbox.advance(days=31)
        road.deliver_and_work_off()
        assert Payment.objects.paid().latest("pk").amount == 7000 and road.books_agree()

    def test_f29_a_change_that_hangs_here_does_not_stand_in_the_dashboards_way(self, road: Road, monthly: Plan) -> None:
        road.sandbox.fault("POST /v1/subscriptions/{subscription_exposed_id}", "drop_before", times=9)
        with pytest.raises(changing.ChangeUnavailable):
            self.ask(monthly, 8000)
        road.sandbox.clear_faults()
        road.sandbox.change_subscription(monthly.subscription_id, amount=7000)
        road.sandbox.advance(days=31)
        road.deliver_and_work_off()
        assert monthly.terms_in_force().amount == 7000
        assert Payment.objects.paid().latest("pk").amount == 7000 and road.books_agree()

    def test_an_interval_that_we_do_not_offer_is_an_issue_as_long_as_it_lasts(self, road: Road, monthly: Plan) -> None:
        for interval, issues in (("week", 1), ("month", 0)):
            road.sandbox.change_subscription(monthly.subscription_id, interval=interval)
            road.deliver_and_work_off()
            assert Issue.objects.filter(kind="plan_interval", closed_at=None).count() == issues

    def test_a_difference_that_costs_what_a_period_once_did_is_booked_by_the_new_terms(
        self, road: Road, monthly: Plan
    ) -> None:
        self.ask(monthly, 2500)
        self.ask(monthly, 5000)
        asked = self.ask(monthly, 7500, moment=road.sandbox.now())
        road.deliver_and_work_off()
        difference = Payment.objects.paid().latest("pk")
        assert difference.amount == 2500 and difference.terms == asked.public_id.hex

    def test_a_lost_answer_is_found_again_by_the_event(self, road: Road, monthly: Plan) -> None:
        road.sandbox.fault("POST /v1/subscriptions/{subscription_exposed_id}", "drop_after", times=9)
        with pytest.raises(changing.ChangeUnavailable):
            self.ask(monthly, 8000)
        road.sandbox.clear_faults()
        asked = PlanTerms.objects.latest("pk")
        assert asked.state == PlanTerms.State.ASKED
        road.deliver_and_work_off()
        asked.refresh_from_db()
        assert asked.state == PlanTerms.State.IN_FORCE and asked.origin == PlanTerms.Origin.SUPPORTER

    def test_a_second_change_takes_the_place_of_one_that_hangs(self, road: Road, monthly: Plan) -> None:
        first = terms.ask(
            monthly, lines=monthly.payable().lines_at(amount=6000, interval="month"), interval="month", detail={},
            origin="supporter",
        )  # fmt: skip
        self.ask(monthly, 8000)
        first.refresh_from_db()
        assert first.state == PlanTerms.State.DROPPED and monthly.terms_in_force().amount == 8000

    def test_a_pause_voids_what_falls_due_and_ends_by_itself(self, road: Road, monthly: Plan) -> None:
        until = timezone.now() + timedelta(days=75)
        assert pausing.pause(monthly, until=until)
        road.sandbox.advance(days=70)
        road.deliver_and_work_off()
        assert Payment.objects.paid().count() == 1
        road.sandbox.advance(days=30)
        road.deliver_and_work_off()
        monthly.refresh_from_db()
        assert not monthly.is_paused and Payment.objects.paid().count() == 2
        assert abs(monthly.changed_at - until) > timedelta(0)

    def test_a_moved_payment_takes_nothing_and_extends_nothing(self, road: Road, monthly: Plan) -> None:
        paid_until = monthly.paid_until
        assert monthly.current_period_end
        to = monthly.current_period_end + timedelta(days=12)
        assert pausing.move_next_payment(monthly, to=to)
        road.deliver_and_work_off()
        monthly.refresh_from_db()
        assert monthly.paid_until == paid_until and Payment.objects.count() == 1
        road.sandbox.advance(days=44)
        road.deliver_and_work_off()
        assert Payment.objects.paid().count() == 2 and road.books_agree()

    def test_part_of_a_period_carries_part_of_the_benefits(self, road: Road, monthly: Plan) -> None:
        line = monthly.terms_in_force().lines.get()
        line.advantages = [{"label": "Dinner", "kind": "main", "fair_value": 1001, "cost": None, "bears_logo": False}]
        line.save()
        (part,) = terms.part_of(monthly.terms_in_force(), 2500)
        assert part["amount"] == 2500 and part["advantages"][0]["fair_value"] == 501
        (more,) = terms.part_of(monthly.terms_in_force(), 9000)
        assert more["advantages"][0]["fair_value"] == 1001


def test_a_change_is_known_by_an_id_that_says_nothing(road: Road, monthly: Plan) -> None:
    assert isinstance(begun(monthly).public_id, UUID)
