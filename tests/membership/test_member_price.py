"""A member price elsewhere: open to who is a live member at this moment, and to nobody else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.http import HttpRequest
from django.test import RequestFactory
from django.utils import timezone

from accounts.models import User
from membership.access import group_of, sync_groups
from membership.models import Membership, Tier
from membership.states import State
from payments.member_prices import Price, best_price, price_for
from tests.membership.rows import make_memberships

pytestmark = pytest.mark.django_db
REGULAR = 2000


def asked_by(user: Any) -> HttpRequest:
    request = RequestFactory().get("/")
    request.user = user
    return request


@pytest.fixture
def prices(tiers: list[Tier]) -> dict[int, int]:
    """Friends pay 1,800, allies 1,500."""
    return {group_of(tiers[0]).pk: 1800, group_of(tiers[1]).pk: 1500}


@pytest.fixture
def friend_of_ours(alice: User, prices: dict[int, int]) -> User:
    make_memberships(1, user=alice)
    sync_groups(alice)
    return alice


def test_a_live_member_pays_the_price_of_their_tier(friend_of_ours: User, prices: dict[int, int]) -> None:
    price = price_for(asked_by(friend_of_ours), regular=REGULAR, by_group=prices)
    assert price == Price(amount=1800, regular=REGULAR, group="Friend") and price.saving == 200


def test_of_two_memberships_the_lower_price_counts(alice: User, prices: dict[int, int]) -> None:
    make_memberships(2, user=alice)
    sync_groups(alice)
    assert price_for(asked_by(alice), regular=REGULAR, by_group=prices).amount == 1500


def test_it_ends_with_the_membership_and_not_with_the_next_job(friend_of_ours: User, prices: dict[int, int]) -> None:
    Membership.objects.update(state=State.CANCELLED, paid_until=timezone.now() - timedelta(minutes=1))
    assert friend_of_ours.groups.exists(), "the job that takes people out of groups has not run"
    assert price_for(asked_by(friend_of_ours), regular=REGULAR, by_group=prices).amount == REGULAR


@pytest.mark.parametrize("who", ["nobody", "stranger", "put into the group by hand", "staff"])
def test_nobody_else_gets_it(who: str, charlie: User, prices: dict[int, int]) -> None:
    staff = Group.objects.create(name="Volunteers")
    if who == "put into the group by hand":
        charlie.groups.add(*prices)
    if who == "staff":
        charlie.groups.add(staff)
    user = AnonymousUser() if who == "nobody" else charlie
    price = price_for(asked_by(user), regular=REGULAR, by_group={**prices, staff.pk: 1})
    assert price == Price(amount=REGULAR, regular=REGULAR)


def test_a_member_never_pays_more_than_others(friend_of_ours: User, prices: dict[int, int]) -> None:
    dearer = dict.fromkeys(prices, REGULAR + 1)
    assert price_for(asked_by(friend_of_ours), regular=REGULAR, by_group=dearer) == Price(amount=2000, regular=2000)


def test_what_is_said_to_everybody_is_the_best_price(prices: dict[int, int]) -> None:
    assert best_price(regular=REGULAR, by_group=prices) == Price(amount=1500, regular=REGULAR, group="Ally")
    assert best_price(regular=REGULAR, by_group={}) == Price(amount=REGULAR, regular=REGULAR)
