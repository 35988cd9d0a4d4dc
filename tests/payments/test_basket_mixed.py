"""M26: what is bought, what is given and a seat in one payment; and what became of a thing since it was put in."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse

from payments.models import BasketItem, Payment, TaxRate
from receipts.chart import Account
from receipts.models import Entry, Invoice, Receipt
from tests.offering.models import Offering
from tests.payments.test_basket import KIND, a_thing, pay, put, settle, tell
from tests.receipts.books import an_issuer, books_balance

if TYPE_CHECKING:
    from tests.sandbox_client import Sandbox

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def test_goods_a_gift_and_a_seat_are_one_payment_and_each_is_booked_in_its_own_account(
    client: Client, connected_sandbox: Sandbox
) -> None:
    an_issuer()
    TaxRate.objects.create(name="Sales tax", country="US", rate="5.5", valid_from=date(2020, 1, 1))
    put(client, a_thing(amount=2000), 2)
    put(client, a_thing("A gift", 5000, account=Account.GIFTS))
    put(client, a_thing("A seat", 9000, account=Account.COURSE_FEES))
    tell(client)
    assert pay(client).status_code == 303
    payment = settle(connected_sandbox)
    assert Payment.objects.count() == len(connected_sandbox.money()["charges"]) == 1
    assert payment.lines.count() == 3
    booked: dict[str, list[int]] = {}
    for account, amount in Entry.objects.filter(transaction=payment.transaction).values_list("credit", "amount"):
        booked.setdefault(account, []).append(amount)
    assert {account: sum(amounts) for account, amounts in booked.items()} == {
        Account.SHOP_SALES: 4000,
        Account.GIFTS: 5000,
        Account.COURSE_FEES: 9000,
        Account.SALES_TAX: 220 + 495,
    }
    assert Receipt.objects.get().amount == 5000
    invoice = Invoice.objects.get()
    assert invoice.net + invoice.tax == payment.amount - 5000
    assert books_balance()


@pytest.mark.parametrize("quantity", ["0", "-1", "10000", "two", "1.5", ""])
def test_no_such_number_is_put_in(client: Client, quantity: str) -> None:
    answer = put(client, a_thing(), quantity)
    assert answer.status_code == 422
    assert "Enter a whole number from 1 to 999." in answer.content.decode()
    assert not BasketItem.objects.exists()


def test_what_is_gone_says_so_and_is_taken_out_to_go_on(client: Client, connected_sandbox: Sandbox) -> None:
    gone, stays = a_thing("Scarf"), a_thing("Bowl", 1000)
    put(client, gone)
    put(client, stays)
    tell(client)
    Offering.objects.filter(pk=gone.pk).delete()
    assert "This is not sold any more. Take it out to go on." in client.get(reverse("basket")).content.decode()
    answer: Any = client.post(reverse("checkout_review"), {"step": "pay", "total": "1000"})
    assert answer.status_code in (302, 422) and not Payment.objects.exists()
    item = BasketItem.objects.get(kind=KIND, reference=str(gone.pk))
    client.post(reverse("basket_change", args=[item.pk]), {"take_out": "1"})
    assert pay(client).status_code == 303
    assert Payment.objects.get().amount == 1000
