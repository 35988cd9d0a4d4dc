"""What a customer sees of their orders with an account, takes along and leaves; what staff find of them."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts import privacy
from accounts.models import User
from receipts.history import history_of, rows_of
from receipts.models import Payer
from receipts.payers import find_or_create_payer
from receipts.searching import find_payers
from shop.models import Order, Return, Shipment
from shop.orders.links import order_path
from shop.orders.returning import ask
from shop.orders.sending import send
from tests.reading import text_of
from tests.shop.shelves import a_variant, an_order, row
from tests.shop.till import Till, payment_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def hers(alice: User) -> Payer:
    return find_or_create_payer(kind="person", name=alice.name, email=alice.email, user=alice)


def paid_order(payer: Payer, title: str = "Candle") -> Order:
    order = an_order(row(a_variant(title=title), 2), payer=payer)
    order.pending()
    order.paid(None)
    order.refresh_from_db()
    return order


def sent_order(payer: Payer) -> Order:
    order = paid_order(payer)
    send(order, {line.pk: 2 for line in order.order_lines.all()}, "Post", "RR1")
    ask(order, {line.pk: 1 for line in order.order_lines.all()}, "Too bright")
    return order


class TestMyAccount:
    def test_it_lists_what_was_bought_and_leads_to_it(self, client: Client, alice: User, hers: Payer) -> None:
        order = sent_order(hers)
        an_order(row(a_variant(title="Never paid")), payer=hers)
        client.force_login(alice)
        page = client.get(reverse("account_home"))
        assert "2 × Candle" in text_of(page) and "Sent" in text_of(page) and "Never paid" not in text_of(page)
        assert client.get(order_path(order)).status_code == 200 and order_path(order) in page.text

    def test_charlie_sees_none_of_it(self, client: Client, hers: Payer) -> None:
        paid_order(hers)
        client.force_login(User.objects.create_user("charlie@example.org"))
        page = text_of(client.get(reverse("account_home")))
        assert "Candle" not in page and "Your orders" not in page

    def test_it_asks_as_often_for_many(self, client: Client, alice: User, hers: Payer) -> None:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        client.force_login(alice)

        def queries() -> int:
            with CaptureQueriesContext(connection) as seen:
                client.get(reverse("account_home"))
            return len(seen)

        paid_order(hers)
        queries()
        before = queries()
        for number in range(6):
            paid_order(hers, f"Thing {number}")
        assert queries() == before


class TestLeaving:
    def test_everything_is_taken_along(self, alice: User, hers: Payer) -> None:
        order = sent_order(hers)
        tables = {table.name: table.rows for table in privacy.tables_of(privacy.person_of(alice))}
        assert tables["orders"][0]["number"] == order.number and tables["ordered"][0]["quantity"] == 2
        assert tables["returns"][0]["reason"] == "Too bright"
        assert [row["order"] for row in tables["parcels"]] == [order.number]

    def test_and_nothing_that_names_her_stays(self, client: Client, alice: User, hers: Payer) -> None:
        order = sent_order(hers)
        Return.objects.update(answer="Dear Alice")
        Shipment.objects.update(tracking_number="RR123456785US", tracking_url="https://post.example/RR123456785US")
        old = order_path(order)
        privacy.erase(privacy.person_of(alice))
        order.refresh_from_db()
        left = [order.email, order.recipient, order.line1, order.postcode, order.customer_note, str(order.country)]
        assert left == [""] * 6
        assert list(Return.objects.values_list("reason", "answer")) == [("", "")]
        assert list(Shipment.objects.values_list("tracking_number", "tracking_url")) == [("", "")]
        assert client.get(old).status_code == 404
        assert Order.objects.get().order_lines.get().amount == 4000, "the books stay"

    def test_what_is_not_sent_yet_is_said_before(self, alice: User, hers: Payer) -> None:
        from shop.privacy import notes

        assert list(notes(privacy.person_of(alice))) == []
        paid_order(hers)
        assert "1 order is not sent yet" in next(iter(notes(privacy.person_of(alice))))


class TestStaff:
    def test_the_history_tells_of_orders_parcels_and_returns(self, hers: Payer) -> None:
        order = sent_order(hers)
        titles = {item.title for item in history_of(rows_of(hers)) if item.kind == "order"}
        assert titles == {
            f"Order {order.number} placed (sent)",
            f"Order {order.number} sent",
            f"Order {order.number} return asked for",
        }

    @pytest.mark.parametrize("typed", ["{}", " {} ", "order {}", "{}-", "Order {}"])
    def test_a_payer_is_found_by_the_number_of_an_order(self, hers: Payer, typed: str) -> None:
        order = paid_order(hers)
        assert list(find_payers(typed.format(order.number))) == [hers]
        assert list(find_payers(typed.format(order.number.lower()))) == [hers]

    def test_and_by_no_part_of_it(self, hers: Payer) -> None:
        assert list(find_payers(paid_order(hers).number[:7])) == []


def test_an_invoice_is_one_click_away_without_a_log_in(till: Till, client: Client) -> None:
    order = till.sell(row(a_variant(), 2, tax=220))
    page = client.get(order_path(order))
    assert payment_of(order).transaction
    (path,) = {part.split('"')[0] for part in page.text.split('href="')[1:] if "invoice" in part.split('"')[0]}
    assert client.get(path).status_code == 200
