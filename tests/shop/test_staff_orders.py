"""A shop keeper finds an order, sends it whole or in part, answers a return, and gives no money away."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import ModelLogEntry

from payments import checkout, worker
from payments.models import Payment
from payments.refund_parts import left_of, total_of
from payments.refunding import request_refund
from shop.models import Order, Return, Shipment
from shop.orders.returning import receive
from tests.offering.models import Offering
from tests.receipts import cast
from tests.shop.desk import a_paid_order, a_return, send_all
from tests.shop.shelves import a_variant, an_order, by_post, row, stock_of

pytestmark = pytest.mark.django_db
State = Order.State


@pytest.fixture
def tessa(db: None, settings: Any) -> Client:
    """The treasurer, at the shop's desk."""
    settings.STAFF_SECOND_FACTOR = False
    return cast.signed_in(cast.in_group("Finance", "tessa@example.org"))


def page(client: Client, name: str, *args: Any, **query: Any) -> str:
    answer = client.get(reverse(f"shop_orders:{name}", args=args), query)
    assert answer.status_code == 200, (answer.status_code, answer.get("Location"))
    return str(answer.content.decode())


def listed(client: Client, **query: Any) -> set[str]:
    answer = client.get(reverse("shop_orders:index"), query)
    return {order.number for order in answer.context["object_list"]}


class TestListing:
    def test_it_shows_what_was_paid_for(self, kit: Client) -> None:
        paid, _unpaid = a_paid_order(), an_order()
        assert listed(kit) == {paid.number}
        text = page(kit, "index")
        assert "1 of 1" in text and "$25.00" in text and "Bob Buyer" in text and "By post" in text

    def test_it_is_narrowed(self, kit: Client) -> None:
        candle, soap = a_variant(title="Candle"), a_variant(title="Soap")
        one = a_paid_order(row(candle, 2))
        two = a_paid_order(row(soap), is_pickup=True)
        send_all(two)
        a_return(two)
        maker = candle.product.maker
        for asked, found in [
            ({"state": "paid"}, {one}),
            ({"state": ["sent", "paid"]}, {one, two}),
            ({"waits": "sending"}, {one}),
            ({"waits": "answer"}, {two}),
            ({"waits": "money"}, set()),
            ({"delivery": "pickup"}, {two}),
            ({"delivery": "post"}, {one}),
            ({"product": candle.product_id}, {one}),
            ({"maker": maker.pk}, {one, two}),
            ({"placed_at_from": "2020-01-01", "placed_at_to": "2020-12-31"}, set()),
            ({"q": one.number}, {one}),
            ({"q": "bob@example"}, {one, two}),
            ({"q": "Bob Buy"}, {one, two}),
            ({"q": "nobody"}, set()),
        ]:
            assert listed(kit, **asked) == {order.number for order in found}, asked

    @pytest.mark.parametrize("asked", [{"product": "x"}, {"maker": "9" * 30}, {"state": "\x00"}, {"q": "\x00"}])
    def test_bad_input_is_no_error(self, kit: Client, asked: dict[str, str]) -> None:
        a_paid_order()
        assert kit.get(reverse("shop_orders:index"), asked).status_code == 200

    def test_many_take_as_many_queries_as_few(self, kit: Client, django_assert_num_queries: Any) -> None:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        a_paid_order()
        page(kit, "index")
        with CaptureQueriesContext(
            connection,
        ) as few:
            page(kit, "index")
        for _ in range(6):
            a_paid_order(row(a_variant(), 2), row(a_variant()))
        with django_assert_num_queries(len(few)):
            page(kit, "index")


class TestOrderPage:
    def test_it_tells_all_and_escapes_what_the_customer_wrote(self, kit: Client) -> None:
        order = a_paid_order(row(a_variant(), 2), customer_note="<b>Ring twice</b>", is_discreet=True)
        text = page(kit, "inspect", order.pk)
        for said in (order.number, "2 Mill Lane", "&lt;b&gt;Ring twice&lt;/b&gt;", "A discreet parcel", "2 to send"):
            assert said in text
        assert "$45.00" in text

    def test_a_note_is_kept_and_noted(self, kit: Client) -> None:
        order = a_paid_order()
        kit.post(reverse("shop_orders:note", args=[order.pk]), {"staff_note": "Rang, will call back"})
        order.refresh_from_db()
        assert order.staff_note == "Rang, will call back"
        assert "Changed the note" in page(kit, "inspect", order.pk)

    def test_a_keeper_finds_no_way_to_give_money_back(self, kit: Client, tessa: Client) -> None:
        order = a_paid_order()
        cancel = reverse("shop_orders:cancel", args=[order.pk])
        assert cancel not in page(kit, "inspect", order.pk) and cancel in page(tessa, "inspect", order.pk)
        assert kit.post(cancel, {"step": "confirmed"}).status_code == 302
        order.refresh_from_db()
        assert order.state == State.PAID


def seen(client: Client, name: str, order: Order) -> str:
    form = client.get(reverse(f"shop_orders:{name}", args=[order.pk])).context["form"]
    return str(form.fields["seen"].initial)


def send(client: Client, order: Order, *numbers: Any, **changes: Any) -> Any:
    lines = order.order_lines.order_by("pk")
    typed = {f"line-{line.pk}": number for line, number in zip(lines, numbers, strict=False)}
    fields = {"seen": seen(client, "send", order), "carrier": "", "tracking": "", "url": "", **typed, **changes}
    return client.post(reverse("shop_orders:send", args=[order.pk]), fields)


class TestSending:
    def test_in_part_and_then_the_rest(self, kit: Client) -> None:
        order = a_paid_order(row(a_variant(), 3), row(a_variant()))
        send(kit, order, 2, 0, carrier="Post", tracking="LX123", url="https://post.example/LX123")
        order.refresh_from_db()
        assert order.state == State.PART_SENT
        parcel = Shipment.objects.get()
        assert (parcel.carrier, parcel.tracking_number, parcel.tracking_url) == (
            "Post", "LX123", "https://post.example/LX123",
        )  # fmt: skip
        send(kit, order, 1, 1)
        order.refresh_from_db()
        assert order.state == State.SENT
        text = page(kit, "inspect", order.pk)
        assert "LX123" in text and "Noted as sent: 2 units" in text

    @pytest.mark.parametrize("typed", ["-1", "4", "10000", "two", "1.5", ""])
    def test_a_number_that_does_not_fit_is_refused_beside_it_and_kept(self, kit: Client, typed: str) -> None:
        order = a_paid_order(row(a_variant(), 3))
        answer = send(kit, order, typed, carrier="Post")
        assert answer.status_code == 422
        (unit,) = answer.context["form"].units()
        assert unit.field.errors and str(unit.field.value()) == typed
        assert 'value="Post"' in answer.content.decode()
        assert not Shipment.objects.exists()

    def test_nothing_at_all_is_refused(self, kit: Client) -> None:
        assert "Say how many" in send(kit, a_paid_order(), 0).content.decode()

    def test_a_link_that_is_none_is_refused(self, kit: Client) -> None:
        assert send(kit, a_paid_order(), 1, url="javascript:alert(1)").status_code == 422

    def test_two_clicks_send_once(self, kit: Client) -> None:
        order = a_paid_order(row(a_variant(), 4))
        first = seen(kit, "send", order)
        send(kit, order, 2, seen=first)
        answer = send(kit, order, 2, seen=first)
        assert answer.status_code == 422 and "changed meanwhile" in answer.content.decode()
        assert order.order_lines.get().sent == 2

    def test_what_is_picked_up_has_no_carrier(self, kit: Client) -> None:
        order = a_paid_order(is_pickup=True)
        text = page(kit, "send", order.pk)
        assert "Carrier" not in text and "It was picked up" in text
        send(kit, order, 1)
        order.refresh_from_db()
        assert order.state == State.SENT

    def test_what_was_sent_is_not_sent_again(self, kit: Client) -> None:
        order = a_paid_order()
        send_all(order)
        answer = kit.get(reverse("shop_orders:send", args=[order.pk]))
        assert answer.status_code == 302


class TestCancelling:
    def test_it_is_asked_twice_and_the_stock_comes_back(self, tessa: Client) -> None:
        candle = a_variant(stock=5)
        order = a_paid_order(row(candle, 2))
        (line,) = order.order_lines.all()
        fields = {"seen": seen(tessa, "cancel", order), f"line-{line.pk}": "1"}
        url = reverse("shop_orders:cancel", args=[order.pk])
        asked = tessa.post(url, fields)
        assert "Cancel this part of the order?" in asked.content.decode() and "1 × Candle" in asked.content.decode()
        assert stock_of(candle) == (3, 0)
        tessa.post(url, {**fields, "step": "confirmed"})
        assert stock_of(candle) == (4, 0)
        assert tessa.post(url, {**fields, "step": "confirmed"}).status_code == 422
        assert stock_of(candle) == (4, 0)
        assert ModelLogEntry.objects.filter(action="shop.cancel").count() == 1


class TestReturns:
    def returned(self, **fields: Any) -> tuple[Any, Return]:
        candle = a_variant(stock=5)
        order = a_paid_order(row(candle, 3))
        send_all(order)
        return candle, a_return(order, **fields)

    def test_it_is_accepted_with_words_for_the_customer(self, kit: Client) -> None:
        _, back = self.returned()
        url = reverse("shop_orders:answer_return", args=[back.pk])
        assert "It is too large." in kit.get(url).content.decode()
        kit.post(url, {"decision": "accept", "answer": "Send it to the post box."})
        back.refresh_from_db()
        assert (back.state, back.answer) == (Return.State.ACCEPTED, "Send it to the post box.")

    def test_declining_says_why(self, kit: Client) -> None:
        _, back = self.returned()
        url = reverse("shop_orders:answer_return", args=[back.pk])
        assert kit.post(url, {"decision": "decline", "answer": ""}).status_code == 422
        kit.post(url, {"decision": "decline", "answer": "It was worn."})
        back.refresh_from_db()
        assert back.state == Return.State.DECLINED

    def test_what_came_back_is_counted_for_the_shelf_after_a_second_look(self, kit: Client) -> None:
        candle, back = self.returned(is_accepted=True)
        url = reverse("shop_orders:receive_return", args=[back.pk])
        (line,) = back.lines.all()
        name = f"line-{line.line_id}"
        assert kit.post(url, {name: "4"}).status_code == 422
        asked = kit.post(url, {name: "2"})
        assert "can’t be undone" in asked.content.decode() and f'name="{name}" value="2"' in asked.content.decode()
        assert stock_of(candle) == (2, 0)
        kit.post(url, {name: "2", "step": "confirmed"})
        assert stock_of(candle) == (4, 0)
        kit.post(url, {name: "2", "step": "confirmed"})
        assert stock_of(candle) == (4, 0)

    def test_giving_the_money_back_is_for_finance(self, kit: Client, tessa: Client) -> None:
        _, back = self.returned(is_accepted=True)
        url = reverse("shop_orders:receive_return", args=[back.pk])
        kit.post(url, {f"line-{back.lines.get().line_id}": "0", "step": "confirmed"})
        give = reverse("shop_orders:give_back", args=[back.pk])
        assert "Waits for Finance" in page(kit, "inspect", back.order_id)
        assert kit.get(give).status_code == 302
        assert give in page(tessa, "inspect", back.order_id)
        assert "can’t be undone" in tessa.post(give, {}).content.decode()
        assert "nothing goes back" in tessa.post(give, {"step": "confirmed"}, follow=True).content.decode()

    def test_a_step_that_is_over_leads_back_to_the_order(self, kit: Client) -> None:
        _, back = self.returned(is_accepted=True)
        answer = kit.get(reverse("shop_orders:answer_return", args=[back.pk]))
        assert answer["Location"] == reverse("shop_orders:inspect", args=[back.order_id])


class TestExport:
    def rows(self, client: Client, **query: Any) -> list[list[str]]:
        answer = client.get(reverse("shop_orders:index"), {"export": "csv", **query})
        text = b"".join(answer.streaming_content).decode("utf-8-sig")
        return list(csv.reader(io.StringIO(text)))

    def test_a_row_for_each_line_and_the_sending_and_no_formula(self, tessa: Client) -> None:
        order = a_paid_order(row(a_variant(), 2, tax=220), delivery=by_post(recipient="=HYPERLINK(1)"))
        header, line, sending = self.rows(tessa)
        told = dict(zip(header, line, strict=True))
        assert told["Order"] == order.number and (told["Quantity"], told["Net"], told["Tax"]) == ("2", "40.00", "2.20")
        assert told["Recipient"].startswith("'=")
        assert dict(zip(header, sending, strict=True))["Net"] == "5.00"
        assert ModelLogEntry.objects.filter(action="shop.export_orders").count() == 1

    def test_it_exports_what_is_filtered(self, tessa: Client) -> None:
        a_paid_order()
        assert len(self.rows(tessa, state="sent")) == 1
        assert tessa.get(reverse("shop_orders:index"), {"export": "xlsx"}).status_code == 200

    def test_it_has_a_permission_of_its_own(self, kit: Client) -> None:
        a_paid_order()
        assert "export=csv" not in page(kit, "index")
        answer = kit.get(reverse("shop_orders:index"), {"export": "csv"})
        assert answer.status_code == 302 and not ModelLogEntry.objects.filter(action="shop.export_orders").exists()


class TestRealMoney:
    def test_what_finance_cancels_goes_back_by_itself_and_the_page_says_so(
        self, tessa: Client, connected_sandbox: Any, django_capture_on_commit_callbacks: Any
    ) -> None:
        order = an_order(row(a_variant(), 2))
        payment = pay(connected_sandbox, order)
        order.refresh_from_db()
        assert reverse("payments:refund", args=[payment.pk]) in page(tessa, "inspect", order.pk)
        (line,) = order.order_lines.all()
        fields = {"seen": seen(tessa, "cancel", order), f"line-{line.pk}": "1", "step": "confirmed"}
        with django_capture_on_commit_callbacks(execute=True):
            tessa.post(reverse("shop_orders:cancel", args=[order.pk]), fields)
        payment.refresh_from_db()
        assert payment.refunded_amount == 2000
        assert "cancelled before it was sent, $20.00" in page(tessa, "inspect", order.pk)

    def test_a_return_that_is_here_is_paid_back_with_its_sending_if_staff_say_so(
        self, tessa: Client, connected_sandbox: Any, django_capture_on_commit_callbacks: Any
    ) -> None:
        order = an_order(row(a_variant(), 2))
        payment = pay(connected_sandbox, order)
        order.refresh_from_db()
        send_all(order)
        back = a_return(order, is_accepted=True)
        receive(back, {})
        with django_capture_on_commit_callbacks(execute=True):
            tessa.post(reverse("shop_orders:give_back", args=[back.pk]), {"with_shipping": "on", "step": "confirmed"})
        payment.refresh_from_db()
        assert payment.refunded_amount == payment.amount == 4500
        assert "To pay back" not in page(tessa, "index")

    def test_what_went_back_by_hand_is_said_and_what_is_over_has_no_button(
        self, tessa: Client, connected_sandbox: Any
    ) -> None:
        order = an_order(row(a_variant(), 2))
        payment = pay(connected_sandbox, order, Offering.objects.create(name="A gift", amount=5000))
        address = f"{reverse('payments:refund', args=[payment.pk])}?of=shop.order:{order.pk}"
        assert "Given back of this order" not in page(tessa, "inspect", order.pk)
        candles, sending = left_of(payment)[:2]
        for parts, said in (([candles.of_quantity(1)], "$20.00"), ([candles.of_quantity(1), sending.rest], "$45.00")):
            request_refund(payment, amount=total_of(parts), reason="Broken", by=None, parts=parts)
            assert f"Given back of this order: {said}" in page(tessa, "inspect", order.pk)
            assert (address in page(tessa, "inspect", order.pk)) == (said == "$20.00")

    def test_refund_leads_to_the_lines_of_this_order_and_leaves_what_else_was_paid(
        self, tessa: Client, connected_sandbox: Any
    ) -> None:
        order = an_order(row(a_variant(), 2))
        payment = pay(connected_sandbox, order, Offering.objects.create(name="A gift", amount=5000))
        address = f"{reverse('payments:refund', args=[payment.pk])}?of=shop.order:{order.pk}"
        assert f'href="{address}"' in page(tessa, "inspect", order.pk)
        rows = {row.left.line.description: row for row in tessa.get(address).context["form"].rows}
        assert rows["Candle"].quantity.value() == 2 and rows["By post"].amount.value() == "5.00"
        (gift,) = [row for name, row in rows.items() if name not in ("Candle", "By post")]
        assert gift.amount.value() == ""


def pay(sandbox: Any, order: Order, *beside: Any) -> Payment:
    payment = checkout.start(payer=order.payer, payables=[order, *beside], cancel_path="/")
    sandbox.complete(str(payment.session_id))
    worker.sync("checkout.session", str(payment.session_id))
    payment.refresh_from_db()
    assert payment.status == Payment.Status.PAID
    return payment
