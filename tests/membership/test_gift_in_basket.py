"""A gift beside what is bought: offered in the basket, at any amount, given whole and receipted for itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse

from membership.models import Gift
from membership.states import State
from payments import worker
from payments.models import BasketItem, DiscountCode, Payment
from receipts.chart import Account
from receipts.models import Entry, Invoice, Receipt
from tests.offering.models import Offering
from tests.receipts.books import an_issuer, books_balance

if TYPE_CHECKING:
    from tests.sandbox_client import Sandbox

pytestmark = pytest.mark.django_db
GIFT = {"kind": "membership.gift", "reference": "any"}
WHO = {
    "name": "Bob Brown", "email": "bob@example.org", "line1": "2 Mill Lane", "city": "Portland", "region": "ME",
    "postcode": "04101", "country": "US",
}  # fmt: skip


def put(client: Client, **typed: Any) -> Any:
    return client.post(reverse("basket_add"), typed)


@pytest.fixture
def scarf(client: Client) -> Offering:
    """A basket with a scarf in it."""
    scarf = Offering.objects.create(name="Scarf", amount=2500, account=Account.SHOP_SALES)
    put(client, kind="offering.thing", reference=scarf.pk, quantity=1)
    return scarf


def test_it_is_offered_beside_what_is_bought_until_it_is_there(client: Client, scarf: Offering) -> None:
    assert "Add a gift?" in client.get(reverse("basket")).text
    put(client, **GIFT, choice="500")
    assert BasketItem.objects.get(kind=GIFT["kind"]).amount == 500
    assert "Add a gift?" not in client.get(reverse("basket")).text


def test_it_is_given_whole_and_only_it_is_receipted(
    client: Client, scarf: Offering, connected_sandbox: Sandbox
) -> None:
    an_issuer()
    DiscountCode.objects.create(code="HALF", percent="50", currency="USD")
    put(client, **GIFT, amount="12.50")
    client.post(reverse("checkout_details"), WHO)
    client.post(reverse("checkout_review"), {"step": "code", "code": "HALF"})
    total = client.get(reverse("checkout_review")).context["quote"].total
    assert total == 1250 + 1250
    assert client.post(reverse("checkout_review"), {"step": "pay", "total": total}).status_code == 303
    payment = Payment.objects.get()
    connected_sandbox.complete(payment.session_id or "")
    worker.sync("checkout.session", payment.session_id or "")
    gift = Gift.objects.get()
    assert (gift.amount, gift.interval, gift.state) == (1250, "", State.GIVEN)
    booked = dict(Entry.objects.filter(transaction__reference__contains="ch_").values_list("credit", "amount"))
    assert (booked[Account.GIFTS], booked[Account.SHOP_SALES]) == (1250, 1250)
    assert Receipt.objects.get().amount == 1250 and Invoice.objects.get().net == 1250
    assert books_balance()


@pytest.mark.parametrize("amount", ["0", "-1", "two", "", "12.345", "9" * 30])
def test_an_amount_that_is_none_is_said_beside_the_field_and_kept(client: Client, db: None, amount: str) -> None:
    answer = put(client, **GIFT, amount=amount)
    assert answer.status_code == 422 and "amount" in answer.context["form"].errors
    assert f'value="{amount}"' in answer.text or not amount
    assert not BasketItem.objects.exists()


@pytest.mark.parametrize("reference", ["fund-999999", "campaign-gone", "x" * 80])
def test_for_what_takes_no_gifts_it_is_not_put_in(client: Client, db: None, reference: str) -> None:
    answer = put(client, kind=GIFT["kind"], reference=reference, amount="5")
    assert answer.status_code in (404, 422) and not BasketItem.objects.exists()
