"""What is announced beforehand: to whom, when, and never twice."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.timezone import localtime

from accounts.choices import switch_off, switch_on
from accounts.mail_kinds import written_day
from accounts.models import OutgoingMail
from membership import notices
from membership.models import Membership, Movement, Notice, Tier
from membership.upgrade_asks import next_step
from payments import pausing
from payments.intervals import add_months
from payments.models import Plan, RenewalFailure
from tests.membership.way import Way, only_membership

pytestmark = pytest.mark.django_db

NOW = timezone.now()


def sent(kind: str) -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(kind=f"membership/mail/{kind}").order_by("pk"))


@pytest.fixture
def plan(member: Membership) -> Plan:
    return Plan.objects.get()


def days(number: float) -> datetime:
    return NOW + timedelta(days=number)


class TestACardThatExpires:
    def let_it_expire(self, plan: Plan, in_days: int) -> None:
        Plan.objects.filter(pk=plan.pk).update(card_expires=localtime(days(in_days)).date())

    def test_it_is_told_thirty_and_seven_days_ahead_and_not_between(self, plan: Plan) -> None:
        self.let_it_expire(plan, 40)
        told = []
        for day in range(0, 41):
            notices.send_due(days(day))
            told.append(len(sent("card_expires")))
        assert told.index(1) == 10 and told.index(2) == 33 and max(told) == 2
        mail = sent("card_expires")[0]
        assert "Visa ending in 4242" in mail.text and "$100.00 a month" in mail.text

    def test_its_link_takes_another_card_without_a_log_in(self, plan: Plan) -> None:
        self.let_it_expire(plan, 20)
        notices.send_due(NOW)
        found = re.search(r"http://testserver(/mend/\S+/)", sent("card_expires")[0].text)
        assert found
        page = Client().get(found[1])
        assert page.status_code == 200 and "Use another card" in page.content.decode()
        assert Client().post(found[1], {"do": "card"}).status_code == 303

    def test_a_new_card_is_not_told_of_for_the_old_ones_sake(self, plan: Plan) -> None:
        self.let_it_expire(plan, 20)
        notices.send_due(NOW)
        self.let_it_expire(plan, 700)
        notices.send_due(days(14))
        assert len(sent("card_expires")) == 1

    @pytest.mark.parametrize(
        "change",
        [{"cancel_at_period_end": True}, {"status": "canceled"}, {"is_paused": True}, {"status": "unpaid"}],
    )
    def test_where_no_payment_follows_nothing_is_said(self, plan: Plan, change: dict[str, Any]) -> None:
        self.let_it_expire(plan, 20)
        Plan.objects.update(**change)
        assert notices.send_due(NOW) == 0

    def test_of_a_yearly_payment_only_when_it_falls_due_after_that_day(self, plan: Plan) -> None:
        self.let_it_expire(plan, 20)
        Plan.objects.update(interval="year", current_period_end=days(10))
        notices.send_due(NOW)
        assert not sent("card_expires")
        Plan.objects.update(current_period_end=days(60))
        notices.send_due(NOW)
        assert len(sent("card_expires")) == 1

    def test_a_bank_that_renews_it_by_itself_is_heard(self, way: Way, plan: Plan) -> None:
        way.sandbox.set_card_expiry(plan.payment_method_id, month=NOW.month, year=NOW.year, silent=True)
        self.let_it_expire(plan, 5)
        way.sandbox.set_card_expiry(plan.payment_method_id, month=12, year=NOW.year + 4)
        way.deliver()
        assert notices.send_due(NOW) == 0


class TestAYearlyPayment:
    @pytest.fixture(autouse=True)
    def yearly(self, plan: Plan) -> None:
        Plan.objects.update(interval="year", amount=120000, current_period_end=days(40))

    def test_it_is_announced_once_two_to_three_weeks_ahead(self) -> None:
        for day in range(0, 41):
            notices.send_due(days(day))
        (mail,) = sent("yearly_ahead")
        assert "$1,200.00" in mail.text and "Visa ending in 4242" in mail.text and "On your statement" in mail.text

    @pytest.mark.parametrize(("day", "told"), [(18, 0), (19, 1), (25, 1), (26, 1), (27, 0), (39, 0)])
    def test_never_later_than_fourteen_days_before(self, day: int, told: int) -> None:
        notices.send_due(days(day))
        assert len(sent("yearly_ahead")) == told

    def test_a_moved_day_is_announced_anew(self) -> None:
        notices.send_due(days(22))
        Plan.objects.update(current_period_end=days(60))
        notices.send_due(days(42))
        assert len(sent("yearly_ahead")) == 2

    @pytest.mark.parametrize("change", [{"cancel_at_period_end": True}, {"interval": "month"}, {"status": "past_due"}])
    def test_nothing_is_announced_that_will_not_be_taken(self, change: dict[str, Any]) -> None:
        Plan.objects.update(**change)
        assert notices.send_due(days(22)) == 0


class TestAPause:
    def test_its_end_is_told_a_week_before_once(self, way: Way, plan: Plan) -> None:
        assert pausing.pause(plan, until=days(60).replace(microsecond=0))
        assert notices.send_due(days(50)) == 0
        assert notices.send_due(days(54)) == 1 and notices.send_due(days(55)) == 0
        (mail,) = sent("resumes")
        assert "$100.00" in mail.text and "Your break ends on" in mail.text

    def test_it_names_the_day_of_the_next_payment_and_not_that_of_its_end(self, plan: Plan) -> None:
        ends = localtime(days(5)).replace(hour=12)
        Plan.objects.update(is_paused=True, resumes_at=ends, current_period_end=ends - timedelta(days=1))
        notices.send_due(NOW)
        (mail,) = sent("resumes")
        due = add_months(ends - timedelta(days=1), 1)
        assert f"Your break ends on {written_day(ends)}" in mail.text and f"on {written_day(due)}, from" in mail.text

    def test_not_if_it_was_cancelled_meanwhile(self, plan: Plan) -> None:
        Plan.objects.update(is_paused=True, resumes_at=days(5), cancel_at_period_end=True)
        assert notices.send_due(NOW) == 0


class TestAskingForMore:
    @pytest.fixture(autouse=True)
    def long_with_us(self, plan: Plan) -> None:
        Membership.objects.update(started_at=days(-366))
        switch_on("alice@example.org", "upgrade_asks")

    def asked(self, at: datetime = NOW) -> int:
        notices.send_due(at)
        return len(sent("upgrade_ask"))

    def test_a_concrete_step_with_a_link_and_a_way_to_stop(self) -> None:
        assert self.asked() == 1
        (mail,) = sent("upgrade_ask")
        assert "$100.00 a month" in mail.text and "$120.00 a month" in mail.text and "Stop mails" in mail.text

    def test_not_again_within_half_a_year(self) -> None:
        assert [self.asked(days(day)) for day in (0, 1, 179, 181)] == [1, 1, 1, 2]

    def test_only_who_said_that_we_may(self) -> None:
        switch_off("alice@example.org", "upgrade_asks")
        assert self.asked() == 0 and not Notice.objects.exists()

    def test_not_in_the_first_year(self) -> None:
        Membership.objects.update(started_at=days(-364))
        assert self.asked() == 0

    @pytest.mark.parametrize(("ago", "asked"), [(89, 0), (91, 1)])
    def test_not_soon_after_a_failed_payment(self, plan: Plan, ago: int, asked: int) -> None:
        RenewalFailure.objects.create(plan=plan, invoice_id="in_1", attempt=1, failed_at=days(-ago))
        assert self.asked() == asked

    @pytest.mark.parametrize("kind", ["downgrade", "pause"])
    @pytest.mark.parametrize(("ago", "asked"), [(364, 0), (366, 1)])
    def test_not_who_gave_less_or_took_a_break(self, kind: str, ago: int, asked: int) -> None:
        member = only_membership()
        Movement.objects.create(
            kind=kind,
            at=days(-ago),
            payer=member.payer,
            subscription_kind=member.kind(),
            subscription_id=member.pk,
            before=2,
            after=1,
            currency="USD",
        )
        assert self.asked() == asked

    @pytest.mark.parametrize("state", ["past_due", "paused", "cancel_at_end", "cancelled"])
    def test_only_what_runs_well(self, state: str) -> None:
        Membership.objects.update(state=state)
        assert self.asked() == 0


@pytest.mark.parametrize(
    ("amount", "currency", "step"),
    [(1000, "USD", 1200), (1500, "USD", 1800), (2500, "USD", 3000), (10000, "USD", 12000), (3000, "JPY", 3600)],
)
def test_a_step_is_a_sum_that_one_would_name(amount: int, currency: str, step: int) -> None:
    assert next_step(amount, currency) == step


def test_who_pays_twice_is_told_once(way: Way, member: Membership, guardian: Tier) -> None:
    way.client.logout()
    way.join(guardian, email="alice@example.org", name="Alice Adams")
    way.pay()
    way.advance(days=31)
    assert Membership.objects.filter(state="active").count() == 2
    (mail,) = sent("pays_twice")
    assert "two payments" in mail.text and mail.to == "alice@example.org"


def test_many_plans_cost_no_query_each(plan: Plan, django_assert_max_num_queries: Any) -> None:
    """Nothing is due for these: they are only looked at."""
    Plan.objects.update(interval="year", current_period_end=days(10), card_expires=localtime(days(20)).date())
    twin = Plan.objects.get()
    for number in range(30):
        twin.pk, twin.subscription_id = None, f"sub_{number}"
        twin.save()
    with django_assert_max_num_queries(14):
        notices.send_due(NOW)
