"""Gifts in honour and memory: the family hears once, on the day, of money that is here, and nobody else does."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import OutgoingMail, User
from accounts.privacy import person_of
from membership import tributes
from membership.models import Gift, Tribute
from membership.models import tributes as tribute_rows
from membership.tributes import erase_tributes, notify_all_due
from payments.models import Payment
from receipts.checks import books_problems
from tests.membership.giver import Giver
from tests.membership.way import text_of

if TYPE_CHECKING:
    from tests.sandbox_client import Sandbox

pytestmark = pytest.mark.django_db
HERE = ZoneInfo("America/New_York")
FAMILY = "family@example.com"
EIGHT = tribute_rows.MORNING
IN_MEMORY = {
    "tribute": "memory",
    "honouree": "Mary Lovelace",
    "family_name": "Lovelace family",
    "family_email": FAMILY,
    "tribute_message": "She taught me to read.",
    "sender_shown_as": "",
    "notify_on": "",
}


@pytest.fixture
def giver(connected_sandbox: Sandbox, client: Client, alice: User) -> Giver:
    client.force_login(alice)
    return Giver(sandbox=connected_sandbox, client=client)


@pytest.fixture
def in_memory(giver: Giver) -> Tribute:
    """Alice's gift, paid, and the family told."""
    giver.give(**IN_MEMORY)
    giver.pay()
    return Tribute.objects.get()


def notices() -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(to=FAMILY).order_by("pk"))


def on(day: str) -> str:
    today = timezone.localdate()
    return (today + timedelta(days=int(day))).isoformat()


class TestTheNotice:
    def test_the_family_is_told_without_the_amount_and_with_a_neutral_subject(self, in_memory: Tribute) -> None:
        (notice,) = notices()
        assert notice.subject == "A message that reaches you through Harbour Light"
        assert "in memory of Mary Lovelace" in notice.text and "She taught me to read." in notice.text
        assert "50" not in notice.text + notice.subject and "$" not in notice.html
        assert "alice@example.org" not in notice.text + notice.html
        assert in_memory.sent_at and in_memory.mail == notice and not books_problems()

    def test_the_amount_is_told_only_if_the_giver_wants_it(self, giver: Giver) -> None:
        shown = {"show_amount": "on", "covers_fee": "on", "sender_shown_as": "All of us at the library"}
        giver.give(**{**IN_MEMORY, **shown})
        giver.pay()
        (notice,) = notices()
        assert "a gift to Harbour Light of $50.00," in notice.text and "$51.81" not in notice.text
        assert "All of us at the library has made" in notice.text and "Alice" not in notice.text

    def test_it_waits_for_the_morning_of_its_day_at_the_organisations_place(
        self, giver: Giver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tribute_rows, "MORNING", EIGHT)
        giver.give(**{**IN_MEMORY, "notify_on": on("3")})
        giver.pay()
        assert notices() == []
        day = date.fromisoformat(on("3"))
        for moment, sent in [
            (datetime(day.year, day.month, day.day, 7, 59, tzinfo=HERE), 0),
            (datetime(day.year, day.month, day.day, 8, 0, tzinfo=HERE), 1),
            (datetime(day.year, day.month, day.day, 23, 0, tzinfo=HERE), 0),
        ]:
            monkeypatch.setattr(tributes.timezone, "now", lambda moment=moment: moment)
            assert notify_all_due() == sent
        assert len(notices()) == 1

    def test_nothing_is_sent_while_a_bank_debit_is_under_way(self, giver: Giver) -> None:
        giver.give(**IN_MEMORY)
        giver.pay(outcome="sepa_paid_later")
        assert notify_all_due() == 0 and notices() == []
        assert not OutgoingMail.objects.filter(kind="membership/mail/gift_thanks").exists()
        giver.advance(days=7)
        notify_all_due()
        assert len(notices()) == 1

    def test_a_gift_that_went_back_before_its_day_tells_nobody(
        self, giver: Giver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        giver.give(**{**IN_MEMORY, "notify_on": on("3")})
        payment = giver.pay()
        giver.sandbox.control("POST", f"charges/{payment.charge_id}/refund")
        giver.deliver()
        later = timezone.now() + timedelta(days=5)
        monkeypatch.setattr(tributes.timezone, "now", lambda: later)
        assert notify_all_due() == 0 and notices() == []

    def test_a_failed_debit_tells_nobody(self, giver: Giver) -> None:
        giver.give(**IN_MEMORY)
        giver.pay(outcome="sepa_fails_later")
        giver.advance(days=8)
        assert notify_all_due() == 0 and notices() == []

    def test_a_gift_that_recurs_tells_the_family_once(self, giver: Giver) -> None:
        giver.give(**IN_MEMORY, frequency="month")
        giver.pay()
        notify_all_due()
        giver.advance(days=32)
        notify_all_due()
        assert Payment.objects.paid().count() == 2 and len(notices()) == 1

    def test_without_an_address_nobody_is_told_and_there_is_a_card(self, giver: Giver, client: Client) -> None:
        giver.give(tribute="honour", honouree="Ada King")
        giver.pay()
        assert not OutgoingMail.objects.exclude(to="alice@example.org").exists()
        card = client.get(reverse("tribute_card", args=[Gift.objects.get().public_id]))
        assert "In honour of Ada King" in text_of(card) and "$50.00" not in text_of(card)


class TestBeforePaying:
    def test_the_exact_mail_is_shown(self, giver: Giver) -> None:
        review = giver.look("review", **IN_MEMORY)
        shown = review.context["notice"]
        as_it_looks = giver.look("notice", **IN_MEMORY)
        assert "style-src 'unsafe-inline'" in as_it_looks["Content-Security-Policy"]
        assert "default-src 'none'" in as_it_looks["Content-Security-Policy"]
        assert not Tribute.objects.exists()
        giver.give(**IN_MEMORY)
        giver.pay()
        (notice,) = notices()
        assert notice.text.strip() == shown.text and notice.subject == shown.subject
        assert "She taught me to read." in as_it_looks.content.decode()

    def test_what_the_giver_types_is_no_markup(self, giver: Giver) -> None:
        page = giver.look("notice", **{**IN_MEMORY, "tribute_message": "<script>alert(1)</script>"})
        assert b"<script" not in page.content

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"honouree": ""}, "honouree"),
            ({"family_email": "family"}, "family_email"),
            ({"family_email": ""}, "family_email"),
            ({"notify_on": "yesterday"}, "notify_on"),
            ({"notify_on": "2001-01-01"}, "notify_on"),
            ({"notify_on": "2099-01-01"}, "notify_on"),
            ({"tribute_message": "Look at https://evil.example"}, "tribute_message"),
            ({"sender_shown_as": "www.evil.example"}, "sender_shown_as"),
            ({"tribute": "revenge"}, "tribute"),
        ],
    )
    def test_bad_input_is_told_beside_the_field_and_kept(
        self, giver: Giver, changes: dict[str, str], field: str
    ) -> None:
        response = giver.look("pay", **{**IN_MEMORY, **changes})
        form = response.context["form"]
        assert response.status_code == 422 and list(form.errors) == [field]
        assert form[field].value() == changes[field] and form["family_name"].value() == "Lovelace family"

    def test_fields_that_are_not_asked_for_stop_nobody(self, giver: Giver) -> None:
        giver.give(**{**IN_MEMORY, "tribute": "none", "family_email": "family", "notify_on": "x"})
        giver.pay()
        assert not Tribute.objects.exists()

    def test_a_change_on_the_way_back_is_kept_in_the_same_checkout(self, giver: Giver, client: Client) -> None:
        first = giver.give(**IN_MEMORY)
        form = client.get(reverse("give") + "?back=1").context["form"]
        assert form["honouree"].value() == "Mary Lovelace" and form["family_email"].value() == FAMILY
        assert giver.give(**{**IN_MEMORY, "honouree": "Mary King"}) == first
        assert Tribute.objects.get().honouree == "Mary King"
        giver.give()
        assert not Tribute.objects.exists()


class TestInTheAccount:
    def test_the_gift_and_its_message_are_there(self, in_memory: Tribute, client: Client) -> None:
        account = text_of(client.get(reverse("account_home")))
        assert "Your gifts" in account and "In memory of Mary Lovelace" in account
        page = text_of(client.get(reverse("tribute", args=[in_memory.gift.public_id])))
        assert "She taught me to read." in page and FAMILY in page and "Sent" in page

    def test_it_can_be_sent_again_to_a_corrected_address_but_not_for_ever(
        self, in_memory: Tribute, client: Client
    ) -> None:
        address = reverse("tribute", args=[in_memory.gift.public_id])
        again = {"family_name": "Lovelace family", "family_email": "right@example.com", "tribute_message": "Yours"}
        for _ in range(5):
            client.post(address, again)
        assert OutgoingMail.objects.filter(to="right@example.com").count() == tributes.MOST_RESENDS
        assert len(notices()) == 1
        client.post(address, {**again, "family_email": "other@example.com"})
        assert Tribute.objects.get().family_email == "right@example.com"

    def test_before_its_day_the_address_can_be_put_right(self, giver: Giver, client: Client) -> None:
        giver.give(**{**IN_MEMORY, "notify_on": on("9")})
        giver.pay()
        address = reverse("tribute", args=[Gift.objects.get().public_id])
        client.post(address, {"family_name": "", "family_email": "right@example.com", "tribute_message": ""})
        assert Tribute.objects.get().family_email == "right@example.com"
        assert not OutgoingMail.objects.filter(to__contains="example.com").exists()

    def test_bad_input_keeps_what_was_typed_and_sends_nothing(self, in_memory: Tribute, client: Client) -> None:
        address = reverse("tribute", args=[in_memory.gift.public_id])
        response = client.post(address, {"family_email": "right", "tribute_message": "Visit www.evil.example"})
        assert response.status_code == 422 and response.context["form"]["family_email"].value() == "right"
        assert len(notices()) == 1 and Tribute.objects.get().family_email == FAMILY

    @pytest.mark.parametrize("name", ["tribute", "tribute_mail", "tribute_card"])
    def test_a_stranger_finds_nothing(self, in_memory: Tribute, charlie: User, name: str) -> None:
        stranger = Client()
        stranger.force_login(charlie)
        address = reverse(name, args=[in_memory.gift.public_id])
        assert stranger.get(address).status_code == 404
        assert stranger.post(address, {"family_email": "x@example.com"}).status_code in {404, 405}
        assert Client().get(address).status_code == 302
        assert len(notices()) == 1 and Tribute.objects.get().family_email == FAMILY


class TestForgetting:
    def test_the_familys_address_goes_with_the_giver(self, in_memory: Tribute, alice: User) -> None:
        erase_tributes(person_of(alice))
        kept = Tribute.objects.get()
        texts = (kept.honouree, kept.family_name, kept.family_email, kept.message)
        assert texts == ("", "", "", "") and notices() == []

    def test_a_family_can_ask_for_it_too(self, in_memory: Tribute) -> None:
        from tests.cast import a_user

        erase_tributes(person_of(a_user(FAMILY.upper(), "Lovelace")))
        assert Tribute.objects.get().family_email == ""


def test_a_family_of_a_gift_that_was_never_made_is_forgotten(giver: Giver) -> None:
    giver.give(**IN_MEMORY)
    gift = Gift.objects.get()
    gift.released()
    assert tributes.forget_abandoned() == 0
    Gift.objects.update(created_at=timezone.now() - timedelta(days=31))
    assert tributes.forget_abandoned() == 1 and not Tribute.objects.exists()


def test_two_workers_send_one_notice(giver: Giver) -> None:
    giver.give(**{**IN_MEMORY, "notify_on": on("1")})
    giver.pay()
    first, second = Tribute.objects.get(), Tribute.objects.get()
    assert tributes.notify(first) and not tributes.notify(second)
    assert len(notices()) == 1


def test_thanks_say_what_recurs_and_how_to_change_it(giver: Giver) -> None:
    giver.give(frequency="quarter", covers_fee="on")
    giver.pay()
    thanks = OutgoingMail.objects.get(kind="membership/mail/gift_thanks")
    assert "every quarter until you end it" in thanks.text and "$50.00 a quarter" in thanks.text
    assert "$1.81" in thanks.text and "Next payment:" in thanks.text and "/account/" in thanks.text
    assert "Your card or bank statement shows: Harbour Light" in thanks.text and "Alice" not in thanks.subject


def test_the_account_asks_the_same_for_one_gift_and_for_many(
    giver: Giver, alice: User, django_assert_max_num_queries: Any
) -> None:
    from membership.gift_account import section
    from tests.membership.giver import make_gifts

    class Request:
        user = alice

    make_gifts(2, user=alice)
    with django_assert_max_num_queries(3):
        section(Request())  # type: ignore[arg-type]
    make_gifts(20, user=alice)
    with django_assert_max_num_queries(3):
        found = section(Request())  # type: ignore[arg-type]
    assert found and len(found.context["given"]) == 22
