"""Staff choose lines: how many come back, what of the money, and see it once more before it leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse

from payments.models import Payment, Refund
from payments.refund_parts import left_of
from receipts.models import Invoice, Receipt
from tests.payments import desk
from tests.payments.basket import CANDLES, a_gift, an_order, paid, refund_in_the_dashboard
from tests.receipts.books import an_issuer, books_balance

if TYPE_CHECKING:
    from tests.sandbox_client import Sandbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def tamara(settings: Any) -> Client:
    settings.STAFF_SECOND_FACTOR = False
    return desk.signed_in(desk.treasurer())


@pytest.fixture
def payment(connected_sandbox: Sandbox) -> Payment:
    an_issuer()
    return paid(connected_sandbox)


def page(payment: Payment) -> str:
    return reverse("payments:refund", args=[payment.pk])


def typed(payment: Payment, **wanted: tuple[str, str]) -> dict[str, str]:
    """Nothing of any line, but for these: (how many, amount) by the first word of their name."""
    payment.refresh_from_db()
    form = {"reason": "Came back", "given_back": str(payment.refunded_amount)}
    for left in left_of(payment):
        quantity, amount = wanted.get(left.line.description.split()[-1].lower(), ("0", ""))
        form |= {f"quantity_{left.line.pk}": quantity, f"amount_{left.line.pk}": amount}
    return form


def fill_in(client: Client, payment: Payment, **wanted: tuple[str, str]) -> Any:
    return client.post(page(payment), typed(payment, **wanted))


def confirm(client: Client, payment: Payment, **wanted: tuple[str, str]) -> Any:
    return client.post(page(payment), {**typed(payment, **wanted), "step": "confirmed"})


def asked(payment: Payment) -> list[tuple[str, int, int, int]]:
    lines = payment.refunds.get().lines.all()
    return [(row.line.description, row.quantity, row.amount, row.tax) for row in lines]


def test_the_form_offers_the_rest_of_every_line_and_names_the_fee(tamara: Client, payment: Payment) -> None:
    confirm(tamara, payment, candle=("1", ""))
    shown = tamara.get(page(payment))
    rows = {row.left.line.description: row for row in shown.context["form"].rows}
    assert list(rows) == ["Candle", "Lantern", "Shipping", "A gift"]
    assert (rows["Candle"].quantity.value(), rows["Candle"].amount.value()) == (2, "")
    assert (rows["Shipping"].quantity, rows["Shipping"].amount.value()) == (None, "4.76")
    assert (rows["A gift"].quantity, rows["A gift"].amount.value()) == (None, "50.00")
    text = shown.content.decode()
    assert "Stripe’s fee" in text and "Stripe keeps it, whatever goes back." in text


def test_a_link_from_one_order_fills_in_its_lines_and_leaves_the_gift(tamara: Client, payment: Payment) -> None:
    order = payment.items.exclude(lines__account="gifts").get()
    shown = tamara.get(page(payment), {"of": f"{order.payable_kind}:{order.payable_id}"})
    rows = {row.left.line.description: row for row in shown.context["form"].rows}
    assert [rows[name].quantity.value() for name in ("Candle", "Lantern")] == [3, 1]
    assert rows["Shipping"].amount.value() == "4.76" and rows["A gift"].amount.value() == ""
    assert "What else was paid with it stays" in shown.content.decode()
    values = dict(shown.context["form"].as_typed) | {"reason": "All of the order", "step": "confirmed"}
    tamara.post(page(payment), values)
    payment.refresh_from_db()
    assert payment.refundable_amount == 5000, "the gift stays"


@pytest.mark.parametrize(
    "of", ["", ":", "offering.offering", "offering.offering:x", "offering.offering:" + "9" * 30, "\x00:1"]
)
def test_a_link_from_nothing_of_this_payment_fills_in_all(tamara: Client, payment: Payment, of: str) -> None:
    rows = list(tamara.get(page(payment), {"of": of}).context["form"].rows)
    assert [row.quantity.value() if row.quantity else row.amount.value() for row in rows] == [3, 1, "4.76", "50.00"]


def test_sent_as_it_is_everything_goes_back(tamara: Client, payment: Payment) -> None:
    form = tamara.get(page(payment)).context["form"]
    values = dict(form.as_typed) | {"reason": "All of it"}
    assert "Give $114.26 back" in tamara.post(page(payment), values).content.decode()
    tamara.post(page(payment), {**values, "step": "confirmed"})
    payment.refresh_from_db()
    assert payment.refundable_amount == 0
    assert [row[:2] for row in asked(payment)] == [("Candle", 3), ("Lantern", 1), ("Shipping", 0), ("A gift", 0)]
    assert books_balance()


def test_the_second_look_shows_lines_sum_fee_and_what_becomes_of_the_papers(tamara: Client, payment: Payment) -> None:
    look = fill_in(tamara, payment, candle=("2", ""), shipping=("", "4.76"))
    text = look.content.decode()
    assert not payment.refunds.exists()
    assert [(part.quantity, part.gross) for part in look.context["form"].parts] == [(2, 2380), (0, 476)]
    assert "Give $28.56 back to Grace Okafor?" in text and "Stripe’s fee, which Stripe keeps" in text
    assert f"Invoice {Invoice.objects.get()} gets a credit note." in text
    assert "becomes void" not in text
    assert f"Receipt {Receipt.objects.get()} becomes void." in fill_in(tamara, payment, gift=("", "1")).content.decode()


def test_what_the_second_look_sends_again_is_what_was_typed(tamara: Client, payment: Payment) -> None:
    look = fill_in(tamara, payment, candle=("1", "5.95"), shipping=("", "4.76"))
    again = dict(look.context["form"].as_typed)
    assert tamara.post(page(payment), {**again, "step": "confirmed"}).status_code == 302
    assert asked(payment) == [("Candle", 1, 500, 95), ("Shipping", 0, 400, 76)]


def test_a_deduction_and_a_goodwill_are_told_apart_by_how_many_come_back(tamara: Client, payment: Payment) -> None:
    confirm(tamara, payment, lantern=("0", "2.38"))
    assert asked(payment) == [("Lantern", 0, 200, 38)]
    assert Receipt.objects.get().is_live


BAD = [
    ({"candle": ("4", "")}, "quantity", "At most 3 of these can come back."),
    ({"candle": ("-1", "")}, "quantity", "Enter a whole number, 0 or more."),
    ({"candle": ("two", "")}, "quantity", "Enter a whole number."),
    ({"candle": ("1.5", "")}, "quantity", "Enter a whole number."),
    ({"candle": ("10000", "")}, "quantity", "At most 3 of these can come back."),
    ({"candle": ("3", "35.71")}, "amount", "That is more than what is left of this line: $35.70."),
    ({"candle": ("1", "ten")}, "amount", "Enter an amount in figures"),
    ({"candle": ("1", "1.005")}, "amount", "at most 2 decimals"),
    ({"candle": ("0", "-1")}, "amount", "Enter an amount above zero."),
]


@pytest.mark.parametrize(("wanted", "field", "sentence"), BAD)
def test_what_makes_no_sense_is_told_beside_its_field_and_kept(
    tamara: Client, payment: Payment, connected_sandbox: Sandbox, wanted: Any, field: str, sentence: str
) -> None:
    connected_sandbox.clear_log()
    for send in (fill_in, confirm):
        answer = send(tamara, payment, **wanted, lantern=("1", ""))
        row = next(iter(answer.context["form"].rows))
        assert sentence in str(getattr(row, field).errors) and sentence in answer.content.decode()
        assert (row.quantity.value(), row.amount.value()) == wanted["candle"]
    assert not payment.refunds.exists() and connected_sandbox.log() == []


def test_the_payments_page_says_which_lines_went_back(tamara: Client, payment: Payment) -> None:
    confirm(tamara, payment, candle=("2", ""), gift=("", "5"))
    text = tamara.get(reverse("payments:inspect", args=[payment.pk])).content.decode()
    assert "3 × Candle" in text and "2 × Candle" in text
    assert all(str(document) in text for document in Invoice.objects.all())


def test_nothing_chosen_is_told_above(tamara: Client, payment: Payment) -> None:
    for wanted in ({}, {"candle": ("1", "0")}):
        answer = confirm(tamara, payment, **wanted)
        assert "Say what goes back" in str(answer.context["form"].non_field_errors())
    assert not payment.refunds.exists()


def test_f36_a_second_click_and_a_second_colleague_give_nothing_back_twice(tamara: Client, payment: Payment) -> None:
    looked_at = {**typed(payment, candle=("1", "")), "step": "confirmed"}
    tamara.post(page(payment), looked_at)
    carla = desk.signed_in(desk.treasurer("carla@example.org"))
    for client in (tamara, carla):
        assert "Meanwhile money of this payment" in client.post(page(payment), looked_at).content.decode()
    assert asked(payment) == [("Candle", 1, 1000, 190)]


def test_f34_taken_in_the_dashboard_meanwhile_the_amounts_are_looked_at_again(
    tamara: Client, payment: Payment, connected_sandbox: Sandbox
) -> None:
    looked_at = {**typed(payment, candle=("3", "")), "step": "confirmed"}
    refund_in_the_dashboard(connected_sandbox, payment, payment.amount // 2)
    assert "Meanwhile money of this payment" in tamara.post(page(payment), looked_at).content.decode()
    assert "more than what is left of this line" in confirm(tamara, payment, candle=("3", "35.70")).content.decode()


def test_a_request_that_did_not_get_through_shows_its_lines_and_goes_on_with_them(
    tamara: Client, payment: Payment, connected_sandbox: Sandbox
) -> None:
    connected_sandbox.fault("POST /v1/refunds", "503", times=10)
    assert "Stripe could not be reached" in confirm(tamara, payment, candle=("1", "")).content.decode()
    connected_sandbox.clear_faults()
    text = tamara.get(page(payment)).content.decode()
    assert "1 × Candle: $11.90" in text and "did not reach Stripe" in text
    form = {"reason": "Came back", "given_back": payment.refunded_amount, "step": "confirmed"}
    assert tamara.post(page(payment), form).status_code == 302
    assert payment.refunds.get().status == Refund.Status.SUCCEEDED
    assert asked(payment) == [("Candle", 1, 1000, 190)]


def test_stripes_refusal_is_told_above_and_what_was_typed_is_kept(
    tamara: Client, payment: Payment, connected_sandbox: Sandbox
) -> None:
    connected_sandbox.control("POST", f"charges/{payment.charge_id}/refund")
    answer = confirm(tamara, payment, candle=("2", "20"))
    form = answer.context["form"]
    assert "Stripe refused the refund" in str(form.non_field_errors())
    assert next(iter(form.rows)).amount.value() == "20"


def test_one_thing_of_which_there_is_one_is_asked_for_by_number_too(tamara: Client, connected_sandbox: Sandbox) -> None:
    payment = paid(connected_sandbox, an_order({**CANDLES, "quantity": 1}))
    (row,) = tamara.get(page(payment)).context["form"].rows
    assert row.quantity.value() == 1
    assert "rows" not in dir(tamara.get(page(paid(connected_sandbox, a_gift()))).context["form"])


def test_who_may_only_look_is_not_let_in(payment: Payment, settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False
    charlie = desk.signed_in(desk.colleague("view_payment"))
    assert confirm(charlie, payment, candle=("1", "")).status_code == 302
    assert not payment.refunds.exists()
