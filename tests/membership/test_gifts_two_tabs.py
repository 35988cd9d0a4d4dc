"""Two tabs that give at the very same moment, on whichever database the suite runs."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from membership.models import Gift, Tribute
from payments.models import Customer, Payment
from receipts.models import Payer
from tests.membership.giver import GIFT
from tests.membership.test_tributes import IN_MEMORY

if TYPE_CHECKING:
    from tests.sandbox_client import Sandbox

pytestmark = pytest.mark.django_db(transaction=True)
TABS = 4


def test_tabs_that_send_at_once_share_one_gift_and_one_session(connected_sandbox: Sandbox) -> None:
    answers: list[Any] = []
    start = threading.Barrier(TABS)

    def send() -> None:
        start.wait()
        try:
            answers.append(Client().post(reverse("give"), {**GIFT, **IN_MEMORY, "step": "pay", "total": "5000"}))
        finally:
            connection.close()

    tabs = [threading.Thread(target=send) for _ in range(TABS)]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()
    assert [answer.status_code for answer in answers] == [303] * TABS
    assert len({answer["Location"] for answer in answers}) == 1
    assert [model.objects.count() for model in (Payer, Gift, Tribute, Payment, Customer)] == [1] * 5
    assert connected_sandbox.count("checkout.session") == 1
