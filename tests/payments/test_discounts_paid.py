"""A code from the basket to Stripe and back: one use is held, given back, or gone for good."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse

from payments import checkout
from payments.models import DiscountUse, Payment, TaxRate
from payments.refunding import request_refund
from receipts.chart import Account
from receipts.models import Entry
from tests.payments.codes import a_code
from tests.payments.test_basket import a_thing, pay, put, settle, tell
from tests.receipts.books import books_balance

if TYPE_CHECKING:
    from tests.sandbox_client import Sandbox

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
State = DiscountUse.State


def with_code(client: Client, code: str = "SPRING", **details: str) -> Any:
    put(client, a_thing(amount=2000))
    tell(client, **details)
    return client.post(reverse("checkout_review"), {"step": "code", "code": code})


def states() -> list[str]:
    return list(DiscountUse.objects.order_by("pk").values_list("state", flat=True))


def test_what_is_taken_off_is_not_taxed_and_the_use_is_final_whatever_is_refunded(
    client: Client, connected_sandbox: Sandbox
) -> None:
    code = a_code(most_uses=1)
    TaxRate.objects.create(name="Sales tax", country="US", rate="5.5", valid_from=date(2020, 1, 1))
    with_code(client)
    pay(client)
    payment = settle(connected_sandbox)
    booked = dict(Entry.objects.filter(transaction=payment.transaction).values_list("credit", "amount"))
    assert booked == {Account.SHOP_SALES: 1800, Account.SALES_TAX: 99} and payment.amount == 1899
    assert states() == [State.USED]
    request_refund(payment, amount=payment.amount, reason="requested_by_customer", by=None)
    code.refresh_from_db()
    assert states() == [State.USED] and code.uses == 1
    assert books_balance()


def test_while_one_customer_is_at_stripes_page_the_next_is_told(client: Client, connected_sandbox: Sandbox) -> None:
    code, late = a_code(most_uses=1), Client()
    with_code(client)
    with_code(late, email="eve@example.org")
    pay(client)
    answer = late.post(reverse("checkout_review"), {"step": "pay", "total": "1800"})
    assert answer.status_code == 422 and "used up" in answer.content.decode()
    assert Payment.objects.count() == 1
    assert "used up" in with_code(Client(), email="mel@example.org").content.decode()
    code.refresh_from_db()
    assert code.uses == 1


def test_ones_own_checkout_is_never_in_the_way(client: Client, connected_sandbox: Sandbox) -> None:
    code = a_code(most_uses=1, most_uses_per_payer=1)
    with_code(client)
    pay(client)
    put(client, a_thing("Bowl", 1000))
    assert pay(client).status_code == 303
    code.refresh_from_db()
    assert states() == [State.RELEASED, State.HELD] and code.uses == 1
    assert settle(connected_sandbox).amount == 2700
    assert states() == [State.RELEASED, State.USED]


def test_an_abandoned_checkout_gives_its_use_to_the_next(client: Client, connected_sandbox: Sandbox) -> None:
    a_code(most_uses=1)
    with_code(client)
    pay(client)
    checkout.close(Payment.objects.get())
    assert states() == [State.RELEASED]
    other = Client()
    with_code(other, email="eve@example.org")
    assert pay(other).status_code == 303
    assert states() == [State.RELEASED, State.HELD]
