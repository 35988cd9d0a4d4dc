"""What staff do with makers: describe them with their consent, and pay them what they are owed, once."""

from __future__ import annotations

import csv
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail import hooks
from wagtail.models import ModelLogEntry

from accounts.models import User
from pages import consent as consents
from pages.models import Consent
from pages.private_names import remember_names
from receipts import drawing
from receipts.chart import Account
from receipts.checks import books_problems
from receipts.ledger import account_balance
from shop.makers import accruing, pay, payouts
from shop.models import Maker, MakerPayout, ProductPage
from tests.pages.consents import a_consent, keeper
from tests.shop.makers import a_maker, owed_maker, sold
from tests.shop.rows import make_picture

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_second_factor(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False


def desk_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def shopkeeper(db: None) -> Client:
    return desk_of(keeper("sara@example.org", group="Shop keepers"))


@pytest.fixture
def treasurer(tess: User) -> Client:
    return desk_of(tess)


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def typed(consent: Consent | None = None, **changes: Any) -> dict[str, Any]:
    facts = {
        "alias": "Amara", "slug": "amara", "consent": consent.pk if consent else "", "region": "the north",
        "story": "I sew.", "picture": "", "picture_alt": "", "is_active": "on", **changes,
    }  # fmt: skip
    return facts


class TestDescribing:
    def test_with_a_live_consent_the_maker_is_shown(self, shopkeeper: Client, client: Client) -> None:
        shopkeeper.post(reverse("makers:add"), typed(a_consent()))
        assert "I sew." in text_of(client.get("/shop/makers/amara/"))

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"reviewed_at": None, "reviewed_by": None}, "their consent is to review"),
            ({"channel_shop": False}, "does not cover words in the shop"),
            ({"until": 20}, "ends in 20 days"),
        ],
    )
    def test_staff_are_told_why_nobody_sees_them_or_not_for_long(
        self, shopkeeper: Client, changes: dict[str, Any], words: str
    ) -> None:
        consent = a_consent()
        if days := changes.get("until"):
            changes = {"until": timezone.localdate() + timedelta(days=days)}
        Consent.objects.update(**changes)
        assert words in text_of(shopkeeper.post(reverse("makers:add"), typed(consent), follow=True))

    def test_without_one_they_can_be_recorded_and_are_not_shown(self, shopkeeper: Client, client: Client) -> None:
        assert "there is no consent" in text_of(shopkeeper.post(reverse("makers:add"), typed(), follow=True))
        assert client.get("/shop/makers/amara/").status_code == 404

    def test_an_alias_that_was_a_mistake_is_in_no_history(self, shopkeeper: Client) -> None:
        shopkeeper.post(reverse("makers:add"), typed(alias="Canary Realname"))
        maker = Maker.objects.get()
        shopkeeper.post(reverse("makers:edit", args=[maker.pk]), typed())
        assert set(ModelLogEntry.objects.for_instance(maker).values_list("label", flat=True)) == {"Amara"}
        assert ModelLogEntry.objects.for_instance(maker).count() == 2

    def test_a_picture_lies_under_the_consent_from_then_on(self, shopkeeper: Client) -> None:
        consent, picture = a_consent(), make_picture()
        shopkeeper.post(reverse("makers:add"), typed(consent, picture=picture.pk, picture_alt="Hands"))
        picture.refresh_from_db()
        assert picture.consent == consent
        assert "/members/pictures/" in picture.get_rendition("width-20").url

    def test_a_new_consent_takes_the_picture_along(self, shopkeeper: Client) -> None:
        maker, picture = a_maker(), make_picture()
        picture.consent = maker.consent
        picture.save()
        new = a_consent()
        answer = shopkeeper.post(
            reverse("makers:edit", args=[maker.pk]), typed(new, picture=picture.pk, picture_alt="Hands")
        )
        assert answer.status_code == 302
        consents.withdraw(maker.consent, reason="replaced", by=keeper())
        maker.refresh_from_db()
        assert (maker.consent, maker.picture, maker.story) == (new, picture, "I sew.")

    @pytest.mark.parametrize("what", ["no consent", "another’s", "no words"])
    def test_what_is_wrong_with_a_picture_is_said_beside_it(self, shopkeeper: Client, what: str) -> None:
        picture, consent = make_picture(), a_consent()
        if what == "another’s":
            picture.consent = a_consent(alias="Bimala")
            picture.save()
        alt = "" if what == "no words" else "Hands"
        changes = typed(None if what == "no consent" else consent, picture=picture.pk, picture_alt=alt)
        answer = shopkeeper.post(reverse("makers:add"), changes)
        assert answer.context["form"].errors["picture_alt" if what == "no words" else "picture"]
        assert not Maker.objects.exists()

    def test_a_consent_belongs_to_one_alias_and_one_maker(self, shopkeeper: Client) -> None:
        taken, other = a_maker().consent, a_consent(alias="Bimala")
        for consent in (taken, other):
            answer = shopkeeper.post(reverse("makers:add"), typed(consent, alias="Amara 2", slug="amara-2"))
            assert answer.context["form"].errors["consent"]

    def test_one_that_is_over_cannot_be_chosen(self, shopkeeper: Client) -> None:
        consent = a_consent()
        consents.withdraw(consent, reason="asked", by=keeper())
        assert shopkeeper.post(reverse("makers:add"), typed(consent)).context["form"].errors["consent"]

    def test_the_consents_page_names_who_is_shown_with_it(self) -> None:
        maker = a_maker()
        desk = desk_of(keeper())
        page = text_of(desk.get(reverse("consents:inspect", args=[maker.consent_id])))
        assert reverse("makers:edit", args=[maker.pk]) in page

    def test_nobody_deletes_one(self, shopkeeper: Client) -> None:
        assert shopkeeper.post(f"/admin/makers/delete/{a_maker().pk}/").status_code == 404


class TestPaying:
    def test_from_what_is_owed_to_the_books(self, treasurer: Client) -> None:
        amara, bimala = a_maker(), a_maker("Bimala")
        sold(amara, 3)
        sold(bimala, 1)
        page = reverse("maker_payouts:draw_up")
        assert "$27.00" in text_of(treasurer.get(page))
        treasurer.post(page, {"makers": [amara.pk]})
        payout = MakerPayout.objects.get()
        assert payout.total == 2700
        shown = text_of(treasurer.get(reverse("maker_payouts:inspect", args=[payout.pk])))
        assert "3 × Candle" in shown and "The makers are paid" in shown and "Bimala" not in shown
        said = {"method": "cash", "paid_on": timezone.localdate().isoformat(), "is_sure": "on"}
        treasurer.post(reverse("maker_payouts:paid", args=[payout.pk]), said)
        payout.refresh_from_db()
        assert (payout.state, payout.method) == ("paid", "cash")
        assert account_balance(Account.CASH, currency="USD") == -2700
        assert [*books_problems(), *pay.problems()] == []
        done = {entry.action for entry in ModelLogEntry.objects.all()}
        assert {"shop.draw_up_payout", "shop.pay_makers"} <= done

    @pytest.mark.parametrize(
        "changes",
        [{"is_sure": ""}, {"paid_on": "2099-01-01"}, {"paid_on": "two"}, {"method": "gold"}, {"method": ""}],
    )
    def test_nothing_is_booked_before_it_is_said_plainly(self, treasurer: Client, changes: dict[str, str]) -> None:
        payout = payouts.draw_up(makers=[owed_maker()], currency="USD", by=None)
        said = {"method": "bank", "paid_on": timezone.localdate().isoformat(), "is_sure": "on", **changes}
        assert treasurer.post(reverse("maker_payouts:paid", args=[payout.pk]), said).status_code == 422
        payout.refresh_from_db()
        assert payout.state == "draft"

    def test_what_came_back_meanwhile_is_said_and_nothing_booked(self, treasurer: Client) -> None:
        line = sold(a_maker(), 2)
        payout = payouts.draw_up(makers=list(Maker.objects.all()), currency="USD", by=None)
        accruing.take_back(line, 1, key="back:1", occurred_at=timezone.now())
        said = {"method": "bank", "paid_on": timezone.localdate().isoformat(), "is_sure": "on"}
        answer = treasurer.post(reverse("maker_payouts:paid", args=[payout.pk]), said)
        assert "less is owed to Amara" in text_of(answer)
        assert account_balance(Account.BANK, currency="USD") == 0

    @pytest.mark.parametrize("makers", [[], ["999"], ["x"]])
    def test_whom_to_pay_is_chosen_from_those_who_are_owed(self, treasurer: Client, makers: list[str]) -> None:
        sold(a_maker())
        answer = treasurer.post(reverse("maker_payouts:draw_up"), {"makers": makers})
        assert answer.status_code == 422
        assert not MakerPayout.objects.exists()

    def test_thrown_away_and_drawn_up_anew(self, treasurer: Client) -> None:
        maker = owed_maker()
        payout = payouts.draw_up(makers=[maker], currency="USD", by=None)
        treasurer.post(reverse("maker_payouts:throw_away", args=[payout.pk]))
        assert payouts.to_pay("USD") == [(maker, 1800)]

    def test_where_nobody_is_owed_it_says_so(self, treasurer: Client) -> None:
        assert "Nobody is owed anything" in text_of(treasurer.get(reverse("maker_payouts:draw_up")))


class TestTheSheet:
    @pytest.fixture
    def payout(self) -> MakerPayout:
        line = sold(a_maker("=Amara()"), 3)
        accruing.take_back(line, 1, key="back:1", occurred_at=timezone.now())
        return payouts.draw_up(makers=list(Maker.objects.all()), currency="USD", by=None)

    def test_as_csv_names_what_each_is_paid_for_and_runs_no_formula(
        self, treasurer: Client, payout: MakerPayout
    ) -> None:
        answer: Any = treasurer.get(reverse("maker_payouts:sheet", args=[payout.pk]), {"export": "csv"})
        table = list(csv.reader(StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
        assert [(row[0], row[2], row[3]) for row in table[1:]] == [
            ("'=Amara()", "3 × Candle", "27.00"),
            ("'=Amara()", "Came back, of 3 × Candle", "-9.00"),
            ("'=Amara()", "To be paid", "18.00"),
            ("All makers", "To be paid", "18.00"),
        ]

    @pytest.mark.skipif(bool(drawing.why_pdf_is_off()), reason="WeasyPrint is missing")
    def test_as_pdf_the_same_bytes_each_time(self, treasurer: Client, payout: MakerPayout) -> None:
        page = reverse("maker_payouts:sheet", args=[payout.pk])
        first, second = treasurer.get(page), treasurer.get(page)
        assert first["Content-Type"] == "application/pdf" and first.content[:5] == b"%PDF-"
        assert first.content == second.content
        assert "no-store" in first["Cache-Control"]

    def test_without_weasyprint_it_is_a_page_to_print(
        self, treasurer: Client, payout: MakerPayout, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(drawing, "why_pdf_is_off", lambda: "off")
        shown = text_of(treasurer.get(reverse("maker_payouts:sheet", args=[payout.pk])))
        assert "=Amara()" in shown and "$18.00" in shown


def test_lists_take_as_many_queries_for_many_as_for_two(treasurer: Client) -> None:
    def queries(name: str) -> int:
        treasurer.get(reverse(name))
        with CaptureQueriesContext(connection) as seen:
            assert treasurer.get(reverse(name)).status_code == 200
        return len(seen)

    names = ("makers:index", "maker_payouts:index", "maker_payouts:draw_up")
    for letter in "AB":
        payouts.say_paid(
            payouts.draw_up(makers=[owed_maker(letter)], currency="USD", by=None),
            paid_on=timezone.localdate(), method="bank", by=None,
        )  # fmt: skip
        sold(Maker.objects.get(alias=letter))
    few = [queries(name) for name in names]
    for letter in "CDEF":
        payouts.say_paid(
            payouts.draw_up(makers=[owed_maker(letter)], currency="USD", by=None),
            paid_on=timezone.localdate(), method="bank", by=None,
        )  # fmt: skip
        sold(Maker.objects.get(alias=letter))
    assert [queries(name) for name in names] == few


@pytest.mark.parametrize("name", ["inspect", "paid", "throw_away", "sheet"])
def test_who_is_not_of_finance_neither_sees_nor_pays(name: str, charlie: User) -> None:
    payout = payouts.draw_up(makers=[owed_maker()], currency="USD", by=None)
    url = reverse(f"maker_payouts:{name}", args=[payout.pk])
    for group in ("Editors", "Shop keepers"):
        desk = desk_of(keeper(f"{group[0]}@example.org", group=group))
        for ask in (desk.get, desk.post):
            answer = ask(url)
            assert answer.status_code in (403, 405) or answer["Location"] == reverse("wagtailadmin_home")
    assert desk_of(charlie).get(url).status_code == 403
    assert MakerPayout.objects.get().state == "draft"


def test_a_real_name_in_what_is_written_is_said_to_who_wrote_it(shopkeeper: Client, apron: ProductPage) -> None:
    consent = a_consent()
    remember_names(consent, "Ifeoma Adé, folder 3")
    answer = shopkeeper.post(reverse("makers:add"), typed(consent, story="I am Ifeoma, and I sew."), follow=True)
    assert "“Ifeoma” is part of somebody’s real name" in text_of(answer)
    apron.provenance = "Sewn by Ifeoma."
    request = RequestFactory().get("/")
    SessionMiddleware(lambda request: HttpResponse()).process_request(request)
    MessageMiddleware(lambda request: HttpResponse()).process_request(request)
    for tell in hooks.get_hooks("after_edit_page"):
        tell(request, apron)
    assert "“Ifeoma”" in " ".join(str(message) for message in get_messages(request))
