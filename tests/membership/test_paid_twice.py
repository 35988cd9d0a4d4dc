from __future__ import annotations

import pytest

from membership.models import Tier
from membership.states import State
from payments.models import Refund
from payments.second_plans import settle_second_plans
from tests.faults.test_paid_on_two_devices import second_page
from tests.membership.way import Way, only_membership

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def test_a_membership_paid_on_two_devices_goes_on_when_the_second_payment_goes_back(way: Way, friend: Tier) -> None:
    payment = way.join(friend)
    other = second_page(payment)
    way.pay(payment)
    way.sandbox.complete(other)
    way.deliver()
    assert settle_second_plans() == 1
    way.deliver()
    assert Refund.objects.get().amount == payment.amount
    membership = only_membership()
    assert membership.state == State.ACTIVE and membership.is_live()
