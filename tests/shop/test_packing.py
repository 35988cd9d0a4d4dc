"""What waits is picked, packed and marked as sent; a discreet parcel tells nothing."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from receipts import drawing
from shop.models import Order, ShopSettings
from shop.staff.papers import labels_html, picks_of, sheets_of, slips_html
from tests.shop.desk import a_paid_order, send_all
from tests.shop.shelves import a_variant, by_post, row

pytestmark = pytest.mark.django_db

needs_pdf = pytest.mark.skipif(
    bool(drawing.why_pdf_is_off()) or not shutil.which("pdftotext"), reason="WeasyPrint is missing, or poppler"
)


def text_of(answer: Any, folder: Path) -> str:
    """What is read on its pages; a form feed ends each."""
    assert answer["Content-Type"] == "application/pdf" and "no-store" in answer["Cache-Control"]
    file = folder / "paper.pdf"
    file.write_bytes(answer.content)
    return subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, check=True, text=True).stdout


class TestChoosing:
    def test_what_waits_is_listed_oldest_first_and_can_be_ticked(self, kit: Client) -> None:
        first, second = a_paid_order(row(a_variant(title="Soap"), 2)), a_paid_order()
        send_all(a_paid_order())
        answer = kit.get(reverse("shop_orders:pack"), {"all": "1"})
        assert [order.pk for order in answer.context["page"]] == [first.pk, second.pk]
        text = answer.content.decode()
        assert "2 × Soap" in text and text.count("checked") == 2

    def test_it_is_narrowed_to_what_is_picked_up(self, kit: Client) -> None:
        a_paid_order()
        pickup = a_paid_order(is_pickup=True)
        page = kit.get(reverse("shop_orders:pack"), {"way": "pickup"}).context["page"]
        assert [order.pk for order in page] == [pickup.pk]

    @pytest.mark.parametrize("name", ["pick_list", "slips", "labels", "mark_sent"])
    @pytest.mark.parametrize("chosen", [[], ["x"], ["9" * 30], ["999999"]])
    def test_choosing_nothing_leads_back(self, kit: Client, name: str, chosen: list[str]) -> None:
        answer = kit.get(reverse(f"shop_orders:{name}"), {"order": chosen}, follow=True)
        assert "Choose at least one order" in answer.content.decode()

    def test_many_take_as_many_queries_as_few(self, kit: Client, django_assert_num_queries: Any) -> None:
        a_paid_order()
        kit.get(reverse("shop_orders:pack"))
        for _ in range(5):
            a_paid_order(row(a_variant(), 2), row(a_variant()))
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as few:
            kit.get(reverse("shop_orders:pack"))
        for _ in range(5):
            a_paid_order(row(a_variant(), 2), row(a_variant()))
        with django_assert_num_queries(len(few)):
            kit.get(reverse("shop_orders:pack"))


class TestMarkingSent:
    def ask(self, kit: Client, *orders: Order) -> dict[str, Any]:
        answer = kit.get(reverse("shop_orders:mark_sent"), {"order": [order.pk for order in orders]})
        shown = answer.context["orders"]
        return {"order": [order.pk for order, _ in shown], **{f"seen-{order.pk}": seen for order, seen in shown}}

    def test_after_a_second_look_each_is_sent_once(self, kit: Client) -> None:
        one, two = a_paid_order(row(a_variant(), 2)), a_paid_order()
        fields = self.ask(kit, one, two)
        assert not one.shipments.exists()
        for _ in range(2):
            kit.post(reverse("shop_orders:mark_sent"), fields)
        assert [order.shipments.count() for order in (one, two)] == [1, 1]
        assert set(Order.objects.values_list("state", flat=True)) == {Order.State.SENT}

    def test_many_take_as_many_queries_as_few(self, kit: Client, django_assert_max_num_queries: Any) -> None:
        many = [a_paid_order() for _ in range(5)]
        self.ask(kit, many[0])
        with django_assert_max_num_queries(60) as few:
            self.ask(kit, many[0])
        with django_assert_max_num_queries(len(few)):
            assert len(self.ask(kit, *many)["order"]) == 5

    def test_one_that_changed_meanwhile_is_left_and_said(self, kit: Client) -> None:
        one, two = a_paid_order(row(a_variant(), 2)), a_paid_order()
        fields = self.ask(kit, one, two)
        one.order_lines.update(cancelled=1)
        answer = kit.post(reverse("shop_orders:mark_sent"), fields, follow=True)
        assert "1 order marked as sent" in answer.content.decode()
        assert "1 was not marked" in answer.content.decode()
        assert not one.shipments.exists() and two.shipments.exists()


class TestPickList:
    def test_it_sums_by_sku_what_is_left_to_send(self) -> None:
        candle, soap = a_variant(), a_variant(title="Soap")
        one = a_paid_order(row(candle, 3), row(soap))
        two = a_paid_order(row(candle, 2))
        one.order_lines.filter(variant=candle).update(sent=1)
        picks = picks_of(Order.objects.order_by("pk"))
        assert [(pick.sku, pick.quantity) for pick in picks] == sorted([(candle.sku, 4), (soap.sku, 1)])
        (of_candle,) = [pick for pick in picks if pick.sku == candle.sku]
        assert of_candle.orders == [(one.number, 2), (two.number, 2)]

    @needs_pdf
    def test_it_is_a_pdf_to_print(self, kit: Client, tmp_path: Path) -> None:
        order = a_paid_order(row(a_variant(title="Soap"), 2))
        text = text_of(kit.get(reverse("shop_orders:pick_list"), {"order": order.pk}), tmp_path)
        assert "Soap" in text and order.number in text and "2 units" in text


class TestSlipsAndLabels:
    @pytest.fixture
    def post_box(self) -> None:
        ShopSettings.objects.update_or_create(
            defaults={"parcel_sender": "H. L. Office", "parcel_address": "PO Box 12\nPortland ME 04101"}
        )

    @needs_pdf
    def test_a_slip_names_what_is_in_the_parcel(self, kit: Client, post_box: None, tmp_path: Path) -> None:
        order = a_paid_order(row(a_variant(title="Soap"), 2))
        text = text_of(kit.get(reverse("shop_orders:slips"), {"order": order.pk}), tmp_path)
        assert "Soap" in text and "Packing slip" in text and "2 Mill Lane" in text

    def test_a_discreet_slip_and_label_tell_nothing(self, post_box: None) -> None:
        candle = a_variant(title="Survivor candle")
        order = a_paid_order(row(candle, 2), is_discreet=True)
        papers = slips_html([order]) + labels_html([order], on_sheets=False)
        assert "H. L. Office" in papers and "Bob Buyer" in papers
        for telling in ("candle", "Candle", candle.sku, "Harbour", "Rosa", "trafficking", "shop"):
            assert telling not in papers.split("</style>", 1)[1].replace("Steadfast", "").split("<style>")[0], telling

    def test_a_slip_speaks_the_customers_language(self) -> None:
        order = a_paid_order(language="es")
        assert "Contenido del paquete" in slips_html([order])

    def test_a_name_cannot_bring_markup(self) -> None:
        order = a_paid_order(delivery=by_post(recipient="<img src=x>"))
        assert "<img" not in slips_html([order]) + labels_html([order], on_sheets=True)

    def test_labels_begin_where_the_sheet_is_not_peeled(self) -> None:
        assert sheets_of([1, 2], skip=7) == [[None] * 7 + [1], [2]]
        assert [len(sheet) for sheet in sheets_of(range(17))] == [8, 8, 1]

    @needs_pdf
    @pytest.mark.parametrize(("on", "pages"), [("sheet", 2), ("single", 9)])
    def test_nine_labels_are_two_sheets_or_nine_singles(self, kit: Client, tmp_path: Path, on: str, pages: int) -> None:
        orders = [a_paid_order() for _ in range(9)]
        asked = {"order": [order.pk for order in orders], "on": on}
        answer = kit.get(reverse("shop_orders:labels"), asked)
        text = text_of(answer, tmp_path)
        assert text.count("\f") == pages and text.count("Bob Buyer") == 9

    def test_what_is_picked_up_needs_no_label(self, kit: Client) -> None:
        order = a_paid_order(is_pickup=True)
        answer = kit.get(reverse("shop_orders:labels"), {"order": order.pk}, follow=True)
        assert "needs no label" in answer.content.decode()

    def test_a_name_in_letters_that_our_fonts_lack_is_a_page_to_print(self, kit: Client) -> None:
        order = a_paid_order(delivery=by_post(recipient="山田花子"))
        answer = kit.get(reverse("shop_orders:labels"), {"order": order.pk})
        assert answer["Content-Type"].startswith("text/html") and "山田花子" in answer.content.decode()
        assert answer["Content-Security-Policy"].startswith("default-src 'none'")

    @pytest.mark.parametrize("sender", ["Survivor Shop", "Stop Trafficking", "Tienda de sobrevivientes"])
    def test_a_sender_that_tells_is_refused(self, sender: str) -> None:
        with pytest.raises(ValidationError, match="tells a stranger"):
            ShopSettings(parcel_sender=sender).full_clean()
