"""The membership card: only its owner sees it, and the page behind its code says one word to everybody."""

from __future__ import annotations

import contextlib
import re
import zlib
from datetime import timedelta
from typing import Any
from uuid import uuid4

import page
import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.privacy import Person
from membership.card import hooks, views
from membership.card.cards import card_of, new_token
from membership.card.drawing import card_html, draw_card
from membership.models import MemberCard, Membership, Tier
from membership.states import State
from pages.models import Brand
from payments.guard.limits import MINUTE, Limit
from receipts import drawing
from receipts.models import Payer
from tests.membership.way import text_of

pytestmark = pytest.mark.django_db

LONGEST = " ".join(["Maximiliane-Theodora von Hohenstein"] * 5)
OWN = ["member_card", "card_pdf", "card_phone_pdf"]
needs_pdf = pytest.mark.skipif(bool(drawing.why_pdf_is_off()), reason="WeasyPrint is missing")


@pytest.fixture
def membership(alice: User, friend: Tier) -> Membership:
    now = timezone.now()
    payer = Payer.objects.create(name="Alice Adams", email=alice.email, fingerprint="alice", user=alice)
    return Membership.objects.create(
        payer=payer,
        tier=friend,
        interval="month",
        amount=1500,
        currency="USD",
        state=State.ACTIVE,
        started_at=now - timedelta(days=400),
        paid_until=now + timedelta(days=20),
    )


@pytest.fixture
def signed_in(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def address(name: str, membership: Membership) -> str:
    return reverse(name, args=[membership.public_id])


def answer(token: str) -> Any:
    return Client().get(reverse("card_verify", args=[token]))


def says_valid(token: str) -> bool:
    html = answer(token).content.decode()
    assert ("<h1>valid</h1>" in html) != ("<h1>not valid</h1>" in html)
    return "<h1>valid</h1>" in html


def sizes_of_pages(pdf: bytes) -> list[tuple[int, ...]]:
    """In points. What describes the pages is packed into the file's streams."""
    sizes = []
    for start in re.finditer(rb"stream\r?\n", pdf):
        with contextlib.suppress(zlib.error):
            unpacked = zlib.decompressobj().decompress(pdf[start.end() :])
            boxes = re.findall(rb"/MediaBox ?\[0 0 ([0-9. ]+)\]", unpacked)
            sizes += [tuple(round(float(number)) for number in box.split()) for box in boxes]
    return sizes


class TestTheCode:
    def test_it_is_valid_while_the_membership_is_live_and_no_longer(self, membership: Membership) -> None:
        token = card_of(membership).token
        assert says_valid(token)
        with time_machine.travel(timezone.now() + timedelta(days=33)):
            assert says_valid(token), "the grace of a renewal that is still tried"
        with time_machine.travel(timezone.now() + timedelta(days=35)):
            assert not says_valid(token)

    def test_a_membership_that_was_given_back_is_not_valid_at_once(self, membership: Membership) -> None:
        token = card_of(membership).token
        Membership.objects.update(paid_until=None, refunded_until=membership.paid_until)
        assert not says_valid(token)

    def test_it_says_nothing_of_anybody(self, membership: Membership) -> None:
        html = answer(card_of(membership).token).content.decode()
        told = ("Alice", "Adams", "alice@example.org", "Friend", membership.public_id.hex, str(membership.public_id))
        assert [one for one in told if one in html] == []
        assert membership.paid_until and f"{membership.paid_until:%Y}" not in html.partition("<footer")[0]

    def test_a_code_that_never_was_looks_like_one_whose_time_is_over(self, membership: Membership) -> None:
        token = card_of(membership).token
        Membership.objects.update(state=State.CANCELLED, paid_until=timezone.now() - timedelta(days=1))
        with time_machine.travel(timezone.now(), tick=False):
            over, unknown = answer(token), answer(new_token())
        assert over.status_code == unknown.status_code == 200
        assert over.content == unknown.content and dict(over.headers) == dict(unknown.headers)

    def test_no_cache_and_no_search_engine_keeps_the_answer(self, membership: Membership) -> None:
        response = answer(card_of(membership).token)
        assert "no-store" in response["Cache-Control"] and response["X-Robots-Tag"] == "noindex"
        assert '<meta name="robots" content="noindex">' in response.content.decode()
        assert response["Referrer-Policy"] == "no-referrer"

    def test_who_asks_too_often_waits(self, membership: Membership, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(views, "CHECKS_PER_ADDRESS", Limit("card", 3, MINUTE))
        token = card_of(membership).token
        assert [answer(token).status_code for _ in range(4)] == [200, 200, 200, 429]
        assert Client(REMOTE_ADDR="203.0.113.9").get(reverse("card_verify", args=[token])).status_code == 200

    def test_it_cannot_be_guessed(self) -> None:
        tokens = {new_token() for _ in range(100)}
        assert len(tokens) == 100 and {len(token) for token in tokens} == {24}


class TestOnesOwn:
    def test_the_page_shows_the_card(self, signed_in: Client, membership: Membership) -> None:
        shown = text_of(signed_in.get(address("member_card", membership)))
        assert "Alice Adams" in shown and "Friend" in shown and "Member since" in shown and "Valid until" in shown

    def test_the_account_leads_to_it(self, signed_in: Client, membership: Membership) -> None:
        link = f'href="{address("member_card", membership)}"'
        assert link in signed_in.get(reverse("account_home")).content.decode()
        Membership.objects.update(paid_until=None)
        assert link not in signed_in.get(reverse("account_home")).content.decode()

    @pytest.mark.parametrize("name", OWN)
    def test_a_stranger_gets_404(self, membership: Membership, charlie: User, name: str) -> None:
        way_in = Client()
        way_in.force_login(charlie)
        assert way_in.get(address(name, membership)).status_code == 404
        assert way_in.get(reverse(name, args=[uuid4()])).status_code == 404
        assert not MemberCard.objects.exists()

    def test_a_stranger_makes_nobody_a_new_card(self, membership: Membership, charlie: User) -> None:
        token = card_of(membership).token
        way_in = Client()
        way_in.force_login(charlie)
        assert way_in.post(address("member_card", membership)).status_code == 404
        assert says_valid(token)

    @pytest.mark.parametrize("name", OWN)
    def test_without_signing_in_one_is_sent_to_the_login(self, membership: Membership, name: str) -> None:
        response = Client().get(address(name, membership))
        assert response.status_code == 302 and reverse("account_login") in response["Location"]

    def test_a_new_card_makes_the_old_one_worthless(self, signed_in: Client, membership: Membership) -> None:
        old = card_of(membership).token
        signed_in.post(address("member_card", membership))
        new = MemberCard.objects.get().token
        assert new != old and says_valid(new) and not says_valid(old)

    @pytest.mark.parametrize("name", OWN)
    def test_there_is_none_while_the_membership_is_not_live(
        self, signed_in: Client, membership: Membership, name: str
    ) -> None:
        Membership.objects.update(state=State.CANCELLED, paid_until=timezone.now() - timedelta(days=1))
        response = signed_in.get(address(name, membership), follow=True)
        assert response.status_code == 200 and "There is no card at the moment" in text_of(response)
        signed_in.post(address("member_card", membership))
        assert not MemberCard.objects.exists()

    def test_without_pdfs_the_page_is_there_to_print(
        self, signed_in: Client, membership: Membership, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(drawing, "why_pdf_is_off", lambda: "PDFs are off.")
        response = signed_in.get(address("card_pdf", membership), follow=True)
        assert response.status_code == 200 and "Print this page, or show it." in text_of(response)

    def test_a_name_that_the_fonts_lack_is_printed_from_the_page(
        self, signed_in: Client, membership: Membership
    ) -> None:
        Payer.objects.update(name="陳大文")
        response = signed_in.get(address("card_pdf", membership), follow=True)
        assert response.status_code == 200 and "陳大文" in text_of(response)


class TestThePerson:
    def test_a_download_holds_it_and_an_erasure_takes_it(self, membership: Membership, alice: User) -> None:
        token = card_of(membership).token
        person = Person(user=alice, payers=[membership.payer], emails=[alice.email])
        [table] = hooks.tables(person)
        assert table.rows[0]["tier"] == "Friend" and token in str(table.rows[0]["code"])
        hooks.forget_person(person)
        assert not says_valid(token)


@needs_pdf
class TestThePdf:
    @pytest.mark.parametrize("for_phone", [False, True])
    @pytest.mark.parametrize("name", ["Alice Adams", "ليلى حسن", LONGEST])
    def test_it_is_archival_and_accessible(self, membership: Membership, name: str, for_phone: bool) -> None:
        Payer.objects.update(name=name)
        card_of(membership)
        pdf = draw_card(MemberCard.objects.get(), Brand(), for_phone=for_phone)
        profiles = (page.ValidationProfile.PDF_A_3A, page.ValidationProfile.PDF_UA_1)
        reports = [page.validate_pdf_bytes(pdf, profile=profile) for profile in profiles]
        assert [failure.message for report in reports for failure in report.failures] == []

    @pytest.mark.parametrize("for_phone, size", [(False, (612, 792)), (True, (255, 454))])
    @pytest.mark.parametrize("name", ["Alice Adams", LONGEST])
    def test_it_is_one_page(self, membership: Membership, name: str, for_phone: bool, size: tuple[int, int]) -> None:
        """However long the name is, and that of the tier, which may have 80 characters."""
        Payer.objects.update(name=name)
        Tier.objects.filter(pk=membership.tier_id).update(name=name[:80])
        card_of(membership)
        pdf = draw_card(MemberCard.objects.get(), Brand(), for_phone=for_phone)
        assert sizes_of_pages(pdf) == [size]

    @pytest.mark.parametrize("for_phone", [False, True])
    def test_it_says_what_a_card_says(self, membership: Membership, for_phone: bool) -> None:
        html = card_html(card_of(membership), Brand(), for_phone=for_phone)
        for said in ("Harbour Light", "Friend", "Alice Adams", "Member since", "Valid until"):
            assert said in html

    def test_it_is_not_kept_by_anybody_between(self, signed_in: Client, membership: Membership) -> None:
        response = signed_in.get(address("card_pdf", membership))
        assert response["Content-Type"] == "application/pdf" and "no-store" in response["Cache-Control"]
        assert response.content.startswith(b"%PDF")
