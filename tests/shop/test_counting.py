"""Counting the stock: what staff say, what they are told, and that the books explain every number."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import StaffReminder
from shop.models import Stock, StockMovement, Variant
from shop.staff.roles import SHOP_KEEPERS
from shop.stock import low
from shop.stock.counting import CannotCount, Reason, count, set_up
from tests.reading import text_of
from tests.receipts.cast import in_group
from tests.shop.shelves import a_variant, an_order, row, stock_of, unexplained

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def candle(db: None) -> Variant:
    return a_variant(stock=5)


@pytest.fixture
def desk(client: Client, settings: Any) -> Client:
    settings.STAFF_SECOND_FACTOR = False
    client.force_login(in_group(SHOP_KEEPERS, "kim@example.org"))
    return client


@pytest.mark.parametrize(
    ("reason", "number", "then"),
    [("counted", 3, 3), ("counted", 0, 0), ("made", 4, 9), ("damaged", 1, 4), ("lost", 5, 0), ("given", 2, 3)],
)
def test_each_reason_goes_its_own_way(candle: Variant, reason: str, number: int, then: int) -> None:
    moved = count(candle, number, reason, "A note")
    assert moved and (moved.on_hand_after, moved.change, moved.note) == (then, then - 5, "A note")
    assert stock_of(candle) == (then, 0) and not unexplained()


def test_counting_what_is_there_changes_nothing(candle: Variant) -> None:
    assert count(candle, 5) is None and StockMovement.objects.count() == 1


@pytest.mark.parametrize(("reason", "number"), [("damaged", 6), ("counted", -1), ("made", 1_000_001), ("sold", 1)])
def test_what_can_not_be_is_refused(candle: Variant, reason: str, number: int) -> None:
    with pytest.raises(CannotCount):
        count(candle, number, reason)
    assert stock_of(candle) == (5, 0)


def test_never_fewer_than_checkouts_hold(candle: Variant) -> None:
    an_order(row(candle, 3)).pending()
    with pytest.raises(CannotCount, match="3 of it are in checkouts"):
        count(candle, 2)
    assert count(candle, 3) and stock_of(candle) == (3, 3)


def test_what_was_sold_since_is_said(candle: Variant) -> None:
    order = an_order(row(candle, 1))
    order.pending()
    order.paid(None)
    with pytest.raises(CannotCount, match="4 should be there"):
        count(candle, 5, seen=5)


def test_the_stock_of_something_new_is_explained(candle: Variant) -> None:
    Stock.objects.all().delete()
    StockMovement.objects.all().delete()
    assert set_up(candle, 7, low_at=2).on_hand == 7
    assert not unexplained()


def test_the_books_notice_a_number_that_nothing_explains(candle: Variant) -> None:
    Stock.objects.update(on_hand=9, reserved=2)
    problems = " ".join(unexplained())
    assert "9 are there, its movements sum to 5" in problems and "2 are set apart, open checkouts hold 0" in problems


class TestScreens:
    def test_the_list_finds_and_narrows(self, desk: Client, candle: Variant) -> None:
        soap = a_variant(title="Soap", stock=0)
        page = text_of(desk.get(reverse("shop_stock:index")))
        assert "Candle" in page and "Soap" in page and "Sold out" in page
        assert "Candle" not in text_of(desk.get(reverse("shop_stock:index"), {"q": "soap"}))
        assert "Candle" not in text_of(desk.get(reverse("shop_stock:index"), {"level": "out"}))
        assert soap.sku in text_of(desk.get(reverse("shop_stock:index"), {"q": soap.sku}))

    def test_it_asks_as_often_for_many(self, desk: Client, candle: Variant, django_assert_max_num_queries: Any) -> None:
        for number in range(12):
            a_variant(title=f"Thing {number}")
        desk.get(reverse("shop_stock:index"))
        with django_assert_max_num_queries(16):
            desk.get(reverse("shop_stock:index"))

    def test_sold_units_that_lie_there_still_are_named(self, desk: Client, candle: Variant) -> None:
        order = an_order(row(candle, 2))
        order.pending()
        order.paid(None)
        page = text_of(desk.get(reverse("shop_stock:inspect", args=[candle.pk])))
        assert "2 more on the shelf" in page and f"order {order.number}" in page and "-2" in page

    def test_a_count_is_written_down_with_its_reason(self, desk: Client, candle: Variant) -> None:
        typed = {"reason": "damaged", "number": "1", "note": "Fell", "seen": "5"}
        answer = desk.post(reverse("shop_stock:count", args=[candle.pk]), typed, follow=True)
        assert "4 are there now" in text_of(answer) and "Fell" in text_of(answer)
        moved = StockMovement.objects.latest("pk")
        assert moved.by and moved.by.email and moved.reason == Reason.DAMAGED

    @pytest.mark.parametrize("number", ["two", "-1", "", "1.5", "10000000"])
    def test_a_wrong_number_is_said_beside_its_field(self, desk: Client, candle: Variant, number: str) -> None:
        typed = {"reason": "counted", "number": number, "note": "Kept", "seen": "5"}
        answer = desk.post(reverse("shop_stock:count", args=[candle.pk]), typed)
        assert answer.status_code == 422 and "Kept" in answer.text and stock_of(candle) == (5, 0)

    def test_a_stock_that_changed_meanwhile_is_looked_at_again(self, desk: Client, candle: Variant) -> None:
        typed = {"reason": "counted", "number": "7", "note": "", "seen": "6"}
        answer = desk.post(reverse("shop_stock:count", args=[candle.pk]), typed)
        assert answer.status_code == 422 and "5 should be there now" in text_of(answer)
        assert 'name="seen" value="5"' in answer.text

    def test_when_to_warn_is_set(self, desk: Client, candle: Variant) -> None:
        desk.post(reverse("shop_stock:mark", args=[candle.pk]), {"low_at": "3"})
        assert Stock.objects.get().low_at == 3

    @pytest.mark.parametrize("group", ["Fundraisers", None])
    def test_nobody_else_gets_in(self, client: Client, settings: Any, candle: Variant, group: str | None) -> None:
        settings.STAFF_SECOND_FACTOR = False
        if group:
            client.force_login(in_group(group, "flo@example.org"))
        for name, keys in (("index", []), ("inspect", [candle.pk]), ("count", [candle.pk]), ("file", [])):
            assert client.get(reverse(f"shop_stock:{name}", args=keys)).status_code in (302, 403)
        client.post(reverse("shop_stock:count", args=[candle.pk]), {"reason": "counted", "number": "0", "seen": "5"})
        assert stock_of(candle) == (5, 0)


class TestAFileOfCounts:
    def send(self, desk: Client, text: str | bytes) -> Any:
        content = text if isinstance(text, bytes) else text.encode()
        return desk.post(reverse("shop_stock:file"), {"file": SimpleUploadedFile("c.csv", content), "note": "Yearly"})

    def test_every_line_is_counted(self, desk: Client, candle: Variant) -> None:
        soap = a_variant(title="Soap", stock=1)
        self.send(desk, f"SKU;Place;Count\r\n{candle.sku};A1;4\r\n\r\n{soap.sku};B2;1\r\n")
        assert (stock_of(candle), stock_of(soap)) == ((4, 0), (1, 0))
        moved = StockMovement.objects.latest("pk")
        assert (moved.change, moved.note, moved.reason) == (-1, "Yearly", "counted")

    def test_one_wrong_line_changes_nothing_and_each_is_named(self, desk: Client, candle: Variant) -> None:
        wrong = ["NOPE,1", f"{candle.sku},two", f"{candle.sku},3", ",4", f"{candle.sku}", "=1+1,5"]
        answer = self.send(desk, "\n".join(["sku,count", f"{candle.sku},4", *wrong]))
        page = text_of(answer)
        assert answer.status_code == 422 and "Nothing was changed" in page and stock_of(candle) == (5, 0)
        for line, why in {3: "There is no SKU", 4: "is counted in line 2", 6: "The SKU is missing"}.items():
            assert f"Line {line}: {why}" in page or f"Line {line}: “" in page

    def test_more_than_checkouts_hold_is_refused_by_line(self, desk: Client, candle: Variant) -> None:
        an_order(row(candle, 3)).pending()
        page = text_of(self.send(desk, f"sku,count\n{candle.sku},2\n"))
        assert "Line 2: 3 of it are in checkouts" in page and stock_of(candle) == (5, 3)

    @pytest.mark.parametrize(
        "content",
        [b"", b"PK\x03\x04", b"sku\ncount", b"a,b\n1,2", b"\x00,\x00", b"sku,count", b'sku,count\n"x,1', b",,\n,,\n"],
    )
    def test_what_is_no_list_is_refused_in_words(self, desk: Client, candle: Variant, content: bytes) -> None:
        answer = self.send(desk, content)
        assert answer.status_code == 422 and stock_of(candle) == (5, 0)

    def test_one_that_is_too_large(self, desk: Client, candle: Variant) -> None:
        assert "too large" in text_of(self.send(desk, b"sku,count\n" + b"x" * 600_000))


class TestRunningOut:
    def waiting(self) -> list[str]:
        low.mark_low()
        return [sentence for _, _, sentence, _ in low.reminders()]

    def test_staff_hear_once_for_each_fall(self, candle: Variant) -> None:
        from accounts.reminders import remind_staff

        in_group(SHOP_KEEPERS, "kim@example.org")
        Stock.objects.update(low_at=2)
        assert self.waiting() == []
        count(candle, 2)
        assert self.waiting() == [f"{candle}: only 2 are left."]
        assert (remind_staff(), remind_staff()) == (1, 0)
        count(candle, 1)
        low.mark_low()
        assert remind_staff() == 0, "it has fallen once"
        count(candle, 8)
        assert self.waiting() == []
        Stock.objects.update(low_at=9)
        low.mark_low()
        StaffReminder.objects.update(key="before")
        assert remind_staff() == 1

    def test_what_was_never_there_or_is_made_to_order_is_no_news(self, db: None) -> None:
        a_variant(stock=0)
        a_variant(title="Made", stock=1, days=5)
        Stock.objects.update(low_at=3)
        assert self.waiting() == []

    def test_every_variant_has_a_stock(self, candle: Variant) -> None:
        Stock.objects.all().delete()
        assert low.make_missing() == 1 and stock_of(candle) == (0, 0)
