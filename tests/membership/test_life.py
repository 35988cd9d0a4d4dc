"""What becomes of a membership: renewals, failures, cancelling, refunds, and states that nobody has heard of."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.models import OutgoingMail, User
from membership import access
from membership.models import Membership, Tier
from membership.states import State
from payments.models import Payment, Plan
from payments.refunding import request_refund
from receipts.checks import books_problems
from tests.membership.way import Way, only_membership

pytestmark = pytest.mark.django_db


def groups(user: User) -> set[str]:
    return set(user.groups.values_list("name", flat=True))


@pytest.mark.parametrize("state", State.values)
@pytest.mark.parametrize(
    "paid_until_in_days, with_grace, to_the_end",
    [(None, False, False), (1, True, True), (0, True, False), (-13, True, False), (-14, False, False)],
)
def test_only_what_was_paid_gives_access(
    friend: Tier, state: str, paid_until_in_days: int | None, with_grace: bool, to_the_end: bool
) -> None:
    now = timezone.now()
    paid_until = None if paid_until_in_days is None else now + timedelta(days=paid_until_in_days)
    expected = {
        State.ACTIVE: with_grace,
        State.PAST_DUE: with_grace,
        State.PAUSED: to_the_end,
        State.CANCEL_AT_END: to_the_end,
        State.CANCELLED: to_the_end,
        State.UNPAID: to_the_end,
    }.get(State(state), False)
    from receipts.models import Payer

    payer = Payer.objects.create(name="Bob", fingerprint="bob")
    membership = Membership.objects.create(
        payer=payer, tier=friend, interval="month", amount=1500, currency="USD", state=state, paid_until=paid_until
    )
    assert membership.is_live(now) is expected
    assert Membership.objects.live(now).exists() is expected, "the row and the query agree"


def test_a_renewal_extends_and_books(way: Way, member: Membership) -> None:
    first_end = only_membership().paid_until
    way.advance(days=31)
    membership = only_membership()
    assert membership.paid_until and first_end and membership.paid_until > first_end + timedelta(days=27)
    assert Payment.objects.paid().count() == 2 and membership.state == State.ACTIVE
    assert not books_problems()


class TestFailedRenewal:
    @pytest.fixture
    def failing(self, way: Way, member: Membership) -> Membership:
        way.sandbox.next_outcome(Plan.objects.get().subscription_id, "declined", times=10)
        way.advance(days=31)
        return only_membership()

    def test_a_failed_renewal_never_extends(self, failing: Membership) -> None:
        assert failing.state == State.PAST_DUE
        assert failing.paid_until == Plan.objects.get().paid_until
        assert Payment.objects.paid().count() == 1

    def test_benefits_go_on_for_the_grace_days_and_no_longer(self, failing: Membership) -> None:
        assert failing.paid_until
        assert failing.is_live(failing.paid_until + timedelta(days=13))
        assert not failing.is_live(failing.paid_until + timedelta(days=14))

    def test_it_is_told_in_neutral_words(self, failing: Membership) -> None:
        mail = OutgoingMail.objects.get(subject="About your Guardian membership")
        assert "We will try again on" in mail.text and "$100.00" in mail.text
        assert not any(word in mail.subject.lower() for word in ("declined", "failed", "debt"))

    def test_after_the_last_attempt_it_ends(self, way: Way, failing: Membership, alice: User) -> None:
        way.sandbox.settings(after_last_attempt="cancel")
        for _ in range(6):
            way.advance(days=4)
        membership = only_membership()
        assert membership.state == State.CANCELLED and membership.ended_at
        assert not membership.is_live(membership.paid_until + timedelta(seconds=1))  # type: ignore[operator]
        last = OutgoingMail.objects.filter(subject="About your Guardian membership").order_by("-pk")[0]
        assert "We will not try again" in last.text


def test_a_new_attempt_that_works_makes_it_active_again(way: Way, member: Membership) -> None:
    way.sandbox.next_outcome(Plan.objects.get().subscription_id, "declined", times=1)
    way.advance(days=31)
    assert only_membership().state == State.PAST_DUE
    way.advance(days=4)
    assert only_membership().state == State.ACTIVE
    assert Payment.objects.paid().count() == 2 and not books_problems()


def test_a_state_that_stripe_invents_keeps_access_and_is_shown(member: Membership) -> None:
    plan = Plan.objects.get()
    plan.status = "unknown:resting"
    member.plan_changed(plan)
    membership = only_membership()
    assert membership.state == State.ACTIVE and membership.is_live()
    assert membership.unknown_status == "unknown:resting"
    plan.status = "active"
    membership.plan_changed(plan)
    assert only_membership().unknown_status == ""


class TestRefund:
    def test_nothing_left_of_the_last_payment_ends_access_now(self, way: Way, member: Membership, alice: User) -> None:
        assert groups(alice) == {"Members: Guardian"}
        way.sandbox.control("POST", f"charges/{Payment.objects.get().charge_id}/refund")
        way.deliver()
        membership = only_membership()
        assert not membership.is_live() and membership.is_refunded
        assert groups(alice) == set()

    def test_a_refund_that_fails_after_all_brings_it_back(self, way: Way, member: Membership) -> None:
        before = member.paid_until
        payment = member.payments().get()
        refund = request_refund(payment, amount=payment.amount, reason="", by=None)
        member.refresh_from_db()
        assert not member.is_live()
        way.sandbox.control("POST", f"refunds/{refund.refund_id}/fail")
        way.deliver()
        member.refresh_from_db()
        assert member.is_live() and member.paid_until == before

    def test_a_subscription_told_again_does_not_bring_it_back(self, way: Way, member: Membership) -> None:
        way.sandbox.control("POST", f"charges/{Payment.objects.get().charge_id}/refund")
        way.deliver()
        only_membership().plan_changed(Plan.objects.get())
        assert not only_membership().is_live()

    def test_the_next_paid_period_does(self, way: Way, member: Membership) -> None:
        way.sandbox.control("POST", f"charges/{Payment.objects.get().charge_id}/refund")
        way.advance(days=31)
        assert only_membership().is_live()

    def test_a_part_refund_takes_nothing_away(self, way: Way, member: Membership) -> None:
        way.sandbox.control("POST", f"charges/{Payment.objects.get().charge_id}/refund", amount=500)
        way.deliver()
        assert only_membership().is_live()

    def test_an_older_payment_bought_time_that_has_passed(self, way: Way, member: Membership) -> None:
        first = Payment.objects.get()
        way.advance(days=31)
        way.sandbox.control("POST", f"charges/{first.charge_id}/refund")
        way.deliver()
        assert only_membership().is_live()


def test_a_bank_debit_gives_access_only_when_the_money_is_there(way: Way, friend: Tier) -> None:
    way.pay(way.join(friend), outcome="sepa_paid_later")
    assert only_membership().state == State.INCOMPLETE and not only_membership().is_live()
    way.advance(days=10)
    assert only_membership().is_live()


class TestGroups:
    def test_a_tiers_group_is_its_own_and_has_no_permissions(self, tiers: list[Tier]) -> None:
        assert len({tier.group_id for tier in tiers}) == 3
        assert not any(tier.group.permissions.exists() for tier in tiers if tier.group)

    def test_a_group_that_exists_is_never_taken_over(self, db: None) -> None:
        from django.contrib.auth.models import Group

        staff = Group.objects.create(name="Members: Friend")
        tier = Tier.objects.create(name="Friend", slug="friend", summary="x")
        assert access.group_of(tier) != staff

    def test_lapsed_members_leave_by_the_job(self, member: Membership, alice: User) -> None:
        assert groups(alice) == {"Members: Guardian"}
        with time_machine.travel(member.paid_until or only_membership().paid_until):  # type: ignore[arg-type]
            access.expire()
            assert groups(alice) == {"Members: Guardian"}, "grace days go on"
        with time_machine.travel(only_membership().paid_until + timedelta(days=14)):  # type: ignore[operator]
            access.expire()
        assert groups(alice) == set()

    def test_other_groups_are_left_alone(self, member: Membership, alice: User) -> None:
        from django.contrib.auth.models import Group

        alice.groups.add(Group.objects.create(name="Choir"))
        Membership.objects.update(paid_until=None)
        access.expire()
        assert groups(alice) == {"Choir"}

    def test_the_job_is_known_to_the_clock(self) -> None:
        from payments.schedule import jobs

        assert "membership.expire" in {job.name for job in jobs()}

    def test_the_job_asks_as_often_for_many_members(
        self, friend: Tier, django_assert_max_num_queries: Any, django_user_model: Any
    ) -> None:
        from receipts.models import Payer

        for number in range(30):
            user = django_user_model.objects.create_user(f"m{number}@example.org")
            user.groups.add(friend.group)
            payer = Payer.objects.create(name="M", fingerprint=str(number), user=user)
            Membership.objects.create(
                payer=payer,
                tier=friend,
                interval="month",
                amount=1500,
                currency="USD",
                state=State.ACTIVE,
                paid_until=timezone.now() + timedelta(days=3),
            )
        with django_assert_max_num_queries(12):
            access.expire()
