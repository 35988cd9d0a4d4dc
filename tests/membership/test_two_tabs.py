"""Two tabs at the very same moment, on whichever database the suite runs."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client

from membership.models import Membership, Tier
from payments.models import Customer, Payment
from receipts.models import Payer
from tests.membership.way import Way

if TYPE_CHECKING:
    from tests.sandbox_client import Sandbox

pytestmark = pytest.mark.django_db(transaction=True)
TABS = 4


def test_tabs_that_send_at_once_share_one_membership_and_one_session(connected_sandbox: Sandbox, friend: Tier) -> None:
    answers: list[Any] = []
    start = threading.Barrier(TABS)

    def send() -> None:
        start.wait()
        try:
            answers.append(Client().post(friend.get_absolute_url(), {**Way.typed(), "step": "pay"}))
        finally:
            connection.close()

    tabs = [threading.Thread(target=send) for _ in range(TABS)]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()
    assert [answer.status_code for answer in answers] == [303] * TABS
    assert len({answer["Location"] for answer in answers}) == 1
    assert [model.objects.count() for model in (Payer, Membership, Payment, Customer)] == [1, 1, 1, 1]
    assert connected_sandbox.count("checkout.session") == connected_sandbox.count("customer") == 1
