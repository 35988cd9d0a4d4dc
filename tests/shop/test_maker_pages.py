"""Makers are shown under their alias with live consent, or not at all."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from pages import consent as consents
from pages.models import Consent, SiteImage
from shop.makers import accruing, payouts
from shop.makers.public_figures import may_be_given, paid_by_year
from shop.makers.showing import shown
from shop.models import Maker, MakerSettings
from tests.pages.consents import PERSON, a_consent, keeper
from tests.shop.makers import a_maker, a_variant, an_order_line
from tests.shop.rows import make_picture

pytestmark = pytest.mark.django_db


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def with_picture(maker: Maker) -> Maker:
    picture = make_picture("Hands")
    picture.consent = maker.consent
    picture.save()
    maker.picture, maker.picture_alt = picture, "Hands that sew"
    maker.save()
    return maker


class TestWhoAgrees:
    def test_has_a_page_under_the_alias_with_what_they_make(self, client: Client) -> None:
        maker = a_maker()
        variant = a_variant(maker)
        page = client.get(reverse("shop_maker", args=["amara"]))
        assert page.status_code == 200
        shown_text = text_of(page)
        for words in ("Amara", "I sew.", "the north", variant.product.title):
            assert words in shown_text
        assert "Canary" not in shown_text and PERSON not in shown_text
        assert "$38.00" in shown_text, "as a card of the shop, with its price"
        shop = variant.product.get_parent().get_url()
        assert 'href="/shop/makers/">Meet the makers<' in client.get(shop).text
        Consent.objects.update(scope_text=False)
        assert "Meet the makers" not in client.get(shop).text
        Consent.objects.update(scope_text=True)
        assert (page["Referrer-Policy"], page["Cache-Control"]) == ("no-referrer", "private, no-store")
        assert "Amara" in text_of(client.get(reverse("shop_makers")))
        assert shown([maker.pk, None, 999])[maker.pk].url == "/shop/makers/amara/"

    def test_their_picture_needs_an_agreement_to_pictures(self, client: Client) -> None:
        maker = with_picture(a_maker())
        assert "/members/pictures/" in text_of(client.get(maker.get_absolute_url()))
        Consent.objects.update(scope_photo=False)
        assert "<img" not in text_of(client.get(maker.get_absolute_url())).split("<main")[1].split("</main")[0]
        assert shown([maker.pk])[maker.pk].picture is None

    def test_a_picture_under_another_consent_is_not_shown(self) -> None:
        maker = with_picture(a_maker())
        SiteImage.objects.update(consent=a_consent(alias="Other"))
        assert shown([maker.pk])[maker.pk].picture is None
        SiteImage.objects.update(consent=None)
        assert shown([maker.pk])[maker.pk].picture is None


@pytest.mark.parametrize(
    "changes",
    [
        {"withdrawn_at": timezone.now(), "withdrawal_reason": "asked"},
        {"until": timezone.localdate() - timedelta(days=1), "given_on": timezone.localdate() - timedelta(days=9)},
        {"reviewed_at": None, "reviewed_by": None},
        {"scope_text": False},
        {"channel_shop": False},
        {"cleared_at": timezone.now()},
    ],
)
def test_without_live_consent_a_maker_is_nowhere(client: Client, charlie: User, changes: dict[str, Any]) -> None:
    maker = a_maker()
    Consent.objects.update(**changes)
    assert shown([maker.pk]) == {}
    client.force_login(charlie)
    assert client.get(maker.get_absolute_url()).status_code == 404
    assert "Amara" not in text_of(client.get(reverse("shop_makers")))


def test_who_never_gave_one_is_nowhere(client: Client) -> None:
    maker = a_maker(consent=None)
    assert client.get(maker.get_absolute_url()).status_code == 404
    assert shown([maker.pk]) == {}


def test_a_withdrawal_empties_what_was_said_and_keeps_what_is_owed(
    client: Client,
    django_capture_on_commit_callbacks: Any,
) -> None:
    maker = with_picture(a_maker())
    accruing.accrue(an_order_line(maker), 2, occurred_at=timezone.now())
    with django_capture_on_commit_callbacks(execute=True):
        consents.withdraw(maker.consent, reason="asked", by=keeper())
    maker.refresh_from_db()
    assert (maker.story, maker.region, maker.picture, maker.picture_alt) == ("", "", None, "")
    assert not SiteImage.objects.exists()
    assert payouts.to_pay("USD") == [(maker, 1800)]


def test_one_query_for_many_makers() -> None:
    keys = [a_maker(name).pk for name in "ABCD"]
    with CaptureQueriesContext(connection) as seen:
        assert len(shown(keys)) == 4
    assert len(seen) == 1


def test_the_list_takes_as_many_queries_for_many_as_for_two(client: Client) -> None:
    def queries() -> int:
        client.get(reverse("shop_makers"))
        with CaptureQueriesContext(connection) as seen:
            client.get(reverse("shop_makers"))
        return len(seen)

    for name in "AB":
        with_picture(a_maker(name))
    few = queries()
    for name in "CDEFG":
        with_picture(a_maker(name))
    assert queries() == few


def pay_in(year: int, *amounts: int) -> None:
    """As many makers as there are amounts are paid in that year."""
    makers = []
    for number, amount in enumerate(amounts):
        maker, _ = Maker.objects.get_or_create(alias=f"M{number}", slug=f"m{number}")
        line = an_order_line(maker, 1, maker_pay=amount)
        accruing.accrue(line, 1, occurred_at=datetime(year, 5, 1, tzinfo=UTC))
        makers.append(maker)
    payout = payouts.draw_up(makers=makers, currency="USD", by=None)
    payouts.say_paid(payout, paid_on=date(year, 6, 1), method="bank", by=None)


class TestTheFigureOfWhatTheyWerePaid:
    TODAY = date(2026, 11, 22)

    def test_four_makers_make_none_and_five_make_one(self, client: Client) -> None:
        pay_in(2024, 100, 100, 100, 100)
        assert paid_by_year(self.TODAY) == []
        assert "Paid to makers" not in text_of(client.get(reverse("shop_makers")))
        pay_in(2025, 100, 110, 120, 130, 140)
        (figure,) = paid_by_year(self.TODAY)
        assert (figure.year, figure.amount, figure.makers) == (2025, 600, 5)
        shown_text = text_of(client.get(reverse("shop_makers")))
        assert "$6.00" in shown_text and "2024" not in shown_text

    def test_nothing_is_learnt_by_taking_away(self, client: Client) -> None:
        pay_in(2023, 100, 100, 100, 100, 100)
        pay_in(2024, 7777)
        pay_in(2025, 200, 200, 200, 200, 200)
        shown_text = text_of(client.get(reverse("shop_makers")))
        # The sum is of the years that are given; with 2024 in it, its only maker's pay would follow.
        assert "Together $15.00" in shown_text and "92.77" not in shown_text

    def test_nor_by_looking_before_and_after_a_payout(self) -> None:
        pay_in(2026, 100, 100, 100, 100, 100)
        assert paid_by_year(self.TODAY) == []
        assert len(paid_by_year(date(2027, 1, 1))) == 1

    @pytest.mark.parametrize(
        ("amounts", "given"),
        [([1] * 4, False), ([1] * 5, True), ([4, 1, 1, 1, 1], True), ([5, 1, 1, 1, 1], False), ([], False)],
    )
    def test_nor_where_one_was_paid_nearly_all_of_it(self, amounts: list[int], given: bool) -> None:
        assert may_be_given(amounts) is given

    def test_staff_can_keep_it_back(self, client: Client) -> None:
        pay_in(2025, 100, 100, 100, 100, 100)
        assert "Paid to makers" in text_of(client.get(reverse("shop_makers")))
        MakerSettings.objects.update(shows_paid_to_makers=False)
        assert "Paid to makers" not in text_of(client.get(reverse("shop_makers")))
