"""Another tier, another interval, a pause, another day, beginning again: looked at first, charged as it was shown."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import signing
from django.test import Client
from django.utils import timezone

from accounts.models import OutgoingMail, User
from membership.models import Gift, Membership, Tier, TierPrice
from membership.states import State
from payments.intervals import add_months
from payments.models import Issue, Payment, PlanTerms
from payments.refunding import request_refund
from receipts.checks import books_problems
from receipts.models import Issuer
from tests.membership.giver import Giver
from tests.membership.managing import Manager
from tests.membership.way import Way, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(way: Way, client: Client, alice: User, tiers: list[Tier]) -> Manager:
    """Alice, an ally by the month: there is a higher tier and a lower one."""
    client.force_login(alice)
    way.join(tiers[1], email=alice.email, name=alice.name)
    way.pay()
    return Manager(way, Membership.objects.get())


@pytest.fixture
def giver(way: Way, client: Client, alice: User) -> Manager:
    Issuer.objects.update_or_create(defaults={"jurisdiction": "US", "legal_name": "Harbour Light"})
    client.force_login(alice)
    giver = Giver(sandbox=way.sandbox, client=client)
    giver.give(frequency="month", amount="2000")
    giver.pay()
    return Manager(way, Gift.objects.get())


def charges(manager: Manager) -> int:
    return manager.way.sandbox.count("charge")


def tier_now(manager: Manager) -> str:
    manager.reload()
    assert isinstance(manager.subscription, Membership)
    return manager.subscription.tier.slug


def open_issues(manager: Manager) -> int:
    subject = str(manager.subscription.public_id)
    return Issue.objects.filter(kind="change_refunded", subject=subject, closed_at=None).count()


class TestAHigherTier:
    def test_f44_what_was_shown_is_charged_and_then_it_is_theirs(self, manager: Manager) -> None:
        shown = manager.look("tier", "guardian")
        preview = shown.context["preview"]
        assert preview.due_now == preview.cost - preview.credit > 0
        assert "To pay now" in text_of(shown) and "Visa ending 4242" in text_of(shown)
        # The look is charged as it was shown, however much later it is said yes to.
        with time_machine.travel(timezone.now() + timedelta(minutes=50)):
            said = manager.said("tier", to="guardian", quote=shown.context["quote"])
        manager.way.deliver()
        assert "was charged, and you pay $100.00 a month" in said
        assert tier_now(manager) == "guardian"
        assert Payment.objects.paid().latest("pk").amount == preview.due_now
        assert not books_problems()

    def test_two_clicks_charge_once(self, manager: Manager) -> None:
        quote = manager.look("tier", "guardian").context["quote"]
        manager.post("tier", to="guardian", quote=quote)
        said = manager.said("tier", to="guardian", quote=quote)
        assert "It is so already." in said and charges(manager) == 2

    def test_an_answer_that_was_lost_is_found_by_pressing_again(self, manager: Manager) -> None:
        quote = manager.look("tier", "guardian").context["quote"]
        manager.way.sandbox.fault("POST /v1/subscriptions/{subscription_exposed_id}", "drop_after", times=9)
        answer = manager.post("tier", to="guardian", quote=quote)
        manager.way.sandbox.clear_faults()
        assert answer.status_code == 503 and quote in answer.content.decode() and "once, not twice" in text_of(answer)
        assert tier_now(manager) == "ally"
        manager.post("tier", to="guardian", quote=quote)
        manager.way.deliver()
        assert tier_now(manager) == "guardian" and charges(manager) == 2
        assert PlanTerms.objects.filter(origin="supporter").count() == 1

    @pytest.mark.parametrize("how", ["an hour", "another price", "forged", "another tab", "empty"])
    def test_a_stale_look_charges_nothing(self, manager: Manager, how: str) -> None:
        quote = manager.look("tier", "guardian").context["quote"]
        later = timedelta(minutes=61) if how == "an hour" else timedelta()
        if how == "another price":
            TierPrice.objects.filter(tier__slug="guardian", interval="month").update(amount=11000)
        elif how == "forged":
            quote = signing.dumps(["1", 1, "0" * 32, 0], salt="something else")
        elif how == "another tab":
            manager.said("amount", amount="41")
        elif how == "empty":
            quote = ""
        before = charges(manager)
        with time_machine.travel(timezone.now() + later):
            answer = manager.post("tier", to="guardian", quote=quote)
        assert answer.status_code == 422 and "Please look again" in text_of(answer)
        assert charges(manager) == before and tier_now(manager) == "ally"

    def test_f44_until_it_is_paid_it_is_not_theirs(self, manager: Manager) -> None:
        manager.way.sandbox.next_outcome(manager.plan.subscription_id, "insufficient_funds", times=9)
        said = manager.switch("tier", "guardian")
        assert "did not go through" in said and "A change waits for its payment" in said
        assert tier_now(manager) == "ally"
        answer = manager.post("finish_change")
        assert answer.status_code == 303 and "/i/in_" in answer["Location"]
        manager.way.sandbox.advance(days=2)
        manager.way.deliver()
        page = manager.page()
        assert "was not made: its payment did not come in time" in page and tier_now(manager) == "ally"
        assert OutgoingMail.objects.filter(subject="A change was not made").count() == 1
        assert Payment.objects.paid().count() == 1 and not books_problems()

    def test_f44_paid_on_stripes_page_it_is_theirs(self, manager: Manager) -> None:
        manager.way.sandbox.next_outcome(manager.plan.subscription_id, "authentication_required", times=1)
        manager.switch("tier", "guardian")
        assert tier_now(manager) == "ally"
        manager.way.sandbox.pay_invoice(manager.way.sandbox.ids("invoice")[-1])
        manager.way.deliver()
        assert tier_now(manager) == "guardian" and not books_problems()

    @pytest.mark.parametrize("what, to", [("tier", "guardian"), ("interval", "year")])
    def test_where_the_difference_goes_back_a_person_is_asked(self, manager: Manager, what: str, to: str) -> None:
        """What it bought goes on, and no rule can say whether that was meant."""
        manager.switch(what, to)
        manager.way.deliver()
        difference = Payment.objects.latest("pk")
        request_refund(difference, amount=1000, reason="goodwill", by=None)
        assert not open_issues(manager), "a part of it is a courtesy"
        refund = request_refund(difference, amount=difference.refundable_amount, reason="a mistake", by=None)
        manager.reload()
        assert open_issues(manager) == 1 and manager.subscription.paid_until
        manager.way.sandbox.control("POST", f"refunds/{refund.refund_id}/fail")
        manager.way.deliver()
        assert not open_issues(manager)

    def test_the_next_whole_payment_answers_it(self, manager: Manager) -> None:
        manager.switch("tier", "guardian")
        manager.way.deliver()
        difference = Payment.objects.latest("pk")
        request_refund(difference, amount=difference.amount, reason="a mistake", by=None)
        assert tier_now(manager) == "guardian" and open_issues(manager) == 1
        manager.way.advance(days=32)
        assert not open_issues(manager)
        request_refund(difference.plan.payments.latest("pk"), amount=10000, reason="", by=None)
        assert not open_issues(manager), "that was a whole period, and its access ended"

    def test_where_all_of_the_period_goes_back_nothing_is_left_to_ask(self, manager: Manager) -> None:
        manager.switch("tier", "guardian")
        manager.way.deliver()
        for payment in Payment.objects.order_by("-pk"):
            request_refund(payment, amount=payment.amount, reason="", by=None)
        manager.reload()
        assert not manager.subscription.paid_until and not open_issues(manager)

    def test_a_raise_that_nobody_has_paid_yet_is_no_credit(self, manager: Manager) -> None:
        manager.said("amount", amount="9000")
        shown = manager.look("interval", "year")
        assert shown.context["preview"] is None and not shown.context["step"].wanted.at_once

    def test_what_was_given_back_is_no_credit(self, manager: Manager) -> None:
        request_refund(Payment.objects.get(), amount=1000, reason="asked for", by=None)
        assert manager.look("interval", "year").context["preview"] is None
        assert "Begins with the next payment" in text_of(manager.get("tier"))

    def test_after_moving_the_payment_a_higher_tier_waits_for_it(self, manager: Manager) -> None:
        day = timezone.localdate(manager.plan.current_period_end) + timedelta(days=20)
        manager.said("date", day=day.isoformat(), step="save")
        assert "Begins with the next payment" in text_of(manager.get("tier"))
        manager.switch("tier", "guardian")
        assert tier_now(manager) == "ally"

    def test_stripe_away_at_the_look(self, manager: Manager) -> None:
        manager.way.sandbox.fault("*", "503", times=50)
        answer = manager.way.client.get(manager.url("tier"), {"to": "guardian"}, follow=True)
        manager.way.sandbox.clear_faults()
        assert "Nothing was changed" in text_of(answer)


class TestALowerTier:
    def test_it_begins_with_the_next_payment_and_says_what_is_lost(self, manager: Manager) -> None:
        shown = text_of(manager.look("tier", "friend"))
        assert "What you will not have any more" in shown and "Nothing is charged today." in shown
        said = manager.switch("tier", "friend")
        assert "Friend from the next payment on" in said and tier_now(manager) == "ally"
        assert charges(manager) == 1
        manager.way.advance(days=32)
        assert tier_now(manager) == "friend"
        assert Payment.objects.paid().latest("pk").amount == manager.subscription.amount
        assert not books_problems()

    def test_one_can_stay_after_all(self, manager: Manager) -> None:
        manager.switch("tier", "friend")
        assert "Stay with Ally" in text_of(manager.get("tier"))
        manager.switch("tier", "ally")
        manager.way.advance(days=32)
        assert tier_now(manager) == "ally" and Payment.objects.paid().latest("pk").amount == 4000

    def test_it_still_comes_when_the_amount_is_changed_meanwhile(self, manager: Manager) -> None:
        manager.switch("tier", "friend")
        manager.said("amount", amount="20")
        manager.way.advance(days=32)
        assert tier_now(manager) == "friend" and manager.subscription.amount == 2000


class TestAnotherInterval:
    def test_a_longer_one_begins_now_as_previewed(self, manager: Manager) -> None:
        preview = manager.look("interval", "year").context["preview"]
        manager.switch("interval", "year")
        manager.way.deliver()
        manager.reload()
        assert manager.subscription.interval == "year"
        assert abs(Payment.objects.paid().latest("pk").amount - preview.due_now) <= 1
        assert not books_problems()

    def test_a_shorter_one_begins_when_what_is_paid_is_used_up(self, manager: Manager) -> None:
        manager.switch("interval", "year")
        manager.way.deliver()
        before, paid_until = charges(manager), manager.plan.paid_until
        assert "Begins when the time you have paid for ends" in text_of(manager.get("interval"))
        manager.switch("interval", "month")
        manager.reload()
        assert manager.subscription.interval == "month" and charges(manager) == before
        assert manager.plan.paid_until == paid_until == manager.plan.next_payment_at
        manager.way.advance(days=368)
        assert Payment.objects.paid().latest("pk").amount == 4000 and not books_problems()

    def test_what_is_given_above_the_price_is_kept(self, manager: Manager) -> None:
        manager.said("amount", amount="50")
        choices = {one.interval: one.amount for one in manager.get("interval").context["choices"]}
        assert choices["year"] == 60000

    def test_a_gift_keeps_what_it_comes_to_in_a_year(self, giver: Manager) -> None:
        choices = {one.interval: one.amount for one in giver.get("interval").context["choices"]}
        assert choices == {"quarter": 6000, "year": 24000}
        giver.switch("interval", "quarter")
        giver.way.deliver()
        giver.reload()
        assert (giver.subscription.interval, giver.subscription.amount) == ("quarter", 6000)
        assert not books_problems()


class TestAPause:
    def test_it_names_what_it_skips_and_ends_by_itself(self, manager: Manager) -> None:
        shown = manager.post("pause", months="2")
        assert len(shown.context["skipped"]) == 2 and "Not charged" in text_of(shown)
        said = manager.said("pause", months="2", step="save")
        assert "Saved: paused until" in said and "Paused" in said
        manager.way.advance(days=58)
        assert charges(manager) == 1
        manager.way.advance(days=40)
        assert charges(manager) == 2
        manager.reload()
        assert manager.subscription.state == State.ACTIVE and not books_problems()

    def test_afterwards_the_page_names_the_day_that_was_shown_before(self, manager: Manager) -> None:
        first_after = manager.post("pause", months="2").context["first_after"]
        manager.said("pause", months="2", step="save")
        assert manager.plan.resumes_at < first_after == manager.plan.next_payment_at
        page = manager.get("subscription")
        assert page.context["next_payment_at"] == first_after

    def test_none_to_skip_is_an_error_beside_the_field(self, manager: Manager) -> None:
        manager.switch("interval", "year")
        manager.way.deliver()
        answer = manager.post("pause", months="3", step="save")
        assert answer.status_code == 422 and "would skip none" in text_of(answer)
        assert not manager.plan.is_paused

    @pytest.mark.parametrize("typed", ["", "0", "13", "x"])
    def test_other_lengths_are_refused(self, manager: Manager, typed: str) -> None:
        answer = manager.post("pause", months=typed, step="save")
        assert answer.status_code == 422 and not manager.plan.is_paused

    def test_go_on_now_or_longer_or_cancel(self, manager: Manager) -> None:
        manager.said("pause", months="2", step="save")
        assert "It is paused until" in text_of(manager.post("pause", months="1", step="save"))
        assert "Saved: paused until" in manager.said("pause", months="5", step="save")
        assert "is cancelled" in manager.said("cancel", reason="")
        manager.said("keep")
        assert "It goes on. The next payment is on" in manager.said("resume")
        assert not manager.plan.is_paused

    def test_longer_again_and_again_is_a_year_at_most(self, manager: Manager) -> None:
        manager.said("pause", months="6", step="save")
        with time_machine.travel(timezone.now() + timedelta(days=100)):
            manager.way.client.force_login(manager.subscription.payer.user)
            assert "12 months in all" in text_of(manager.post("pause", months="12", step="save"))

    def test_stripe_away_keeps_the_choice(self, manager: Manager) -> None:
        manager.way.sandbox.fault("*", "503", times=50)
        answer = manager.post("pause", months="2", step="save")
        manager.way.sandbox.clear_faults()
        assert answer.status_code == 503 and 'name="months" value="2"' in answer.content.decode()
        assert not manager.plan.is_paused

    def test_what_stopped_after_failed_payments_is_taken_up(self, manager: Manager) -> None:
        manager.way.sandbox.settings(after_last_attempt="pause")
        manager.way.sandbox.next_outcome(manager.plan.subscription_id, "insufficient_funds", times=9)
        manager.way.advance(days=32)
        manager.way.advance(days=40)
        assert manager.plan.status == "paused"
        assert "It goes on, but its payment did not work." in manager.said("resume")
        assert manager.plan.status == "past_due"


class TestAnotherDay:
    def test_it_is_moved_and_nothing_is_charged(self, manager: Manager) -> None:
        paid_until = manager.plan.paid_until
        assert paid_until
        day = timezone.localdate(paid_until) + timedelta(days=20)
        shown = text_of(manager.post("date", day=day.isoformat()))
        assert "your benefits rest from" in shown
        assert "Saved: the next payment is on" in manager.said("date", day=day.isoformat(), step="save")
        assert manager.plan.paid_until == paid_until and charges(manager) == 1
        assert timezone.localdate(manager.plan.current_period_end) == day

    def test_again_and_again_wins_nothing(self, manager: Manager) -> None:
        last = timezone.localdate(manager.plan.paid_until) + timedelta(days=31)
        manager.said("date", day=last.isoformat(), step="save")
        answer = manager.post("date", day=(last + timedelta(days=1)).isoformat(), step="save")
        assert answer.status_code == 422 and timezone.localdate(manager.plan.current_period_end) == last

    @pytest.mark.parametrize("typed", ["", "yesterday", "2020-01-01", "2030-02-31"])
    def test_bad_days_are_said_beside_the_field(self, manager: Manager, typed: str) -> None:
        answer = manager.post("date", day=typed, step="save")
        assert answer.status_code == 422 and "Choose a day" in text_of(answer) or "Enter a day" in text_of(answer)
        assert charges(manager) == 1

    def test_the_last_day_of_a_month_stays_a_day(self) -> None:
        last = timezone.now().replace(year=2027, month=1, day=31)
        assert [add_months(last, count).day for count in (0, 1, 2, 13)] == [31, 28, 31, 29]


class TestBeginningAgain:
    def ended(self, manager: Manager) -> None:
        manager.said("cancel", reason="")
        manager.way.advance(days=32)

    def test_with_the_old_terms_and_nothing_typed(self, manager: Manager) -> None:
        self.ended(manager)
        assert "Begin again" in manager.page() and "$40.00 a month" in text_of(manager.get("restart"))
        answer = manager.post("restart")
        assert answer.status_code == 303 and "/c/pay/" in answer["Location"]
        manager.way.pay()
        again = Membership.objects.latest("pk")
        assert (again.amount, again.state, again.payer) == (4000, State.ACTIVE, manager.subscription.payer)
        assert manager.way.sandbox.count("customer") == 1 and not books_problems()

    def test_a_gift_too(self, giver: Manager) -> None:
        self.ended(giver)
        assert giver.post("restart").status_code == 303
        giver.way.pay()
        assert Gift.objects.filter(state=State.ACTIVE, amount=2000, interval="month").count() == 1

    def test_what_is_not_offered_any_more_is_said(self, manager: Manager) -> None:
        self.ended(manager)
        Tier.objects.filter(slug="ally").update(is_open=False)
        assert "not offered any more" in text_of(manager.get("restart"))
        assert manager.post("restart").status_code == 422

    def test_what_runs_does_not_begin_again(self, manager: Manager) -> None:
        assert "still running" in manager.said("restart") and charges(manager) == 1

    def test_stripe_away_is_a_sentence(self, manager: Manager) -> None:
        self.ended(manager)
        manager.way.sandbox.fault("*", "503", times=50)
        answer = manager.post("restart")
        manager.way.sandbox.clear_faults()
        assert answer.status_code == 503 and "Try again" in text_of(answer)


@pytest.mark.parametrize("name", ["amount", "interval", "tier", "date", "pause"])
def test_behind_with_a_payment_nothing_of_it_is_offered(manager: Manager, name: str) -> None:
    manager.way.sandbox.next_outcome(manager.plan.subscription_id, "declined", times=9)
    manager.way.advance(days=32)
    answer: Any = manager.way.client.post(manager.url(name), {"amount": "50", "to": "guardian"}, follow=True)
    assert "behind with a payment" in text_of(answer) or "while a payment is open" in text_of(answer)
    assert PlanTerms.objects.count() == 1


def test_a_gift_has_no_tier(giver: Manager) -> None:
    assert giver.get("tier").status_code == giver.post("tier", to="guardian").status_code == 404
