"""What staff do with consents: one records, another reviews, nobody undoes a withdrawal, each look leaves a line."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from accounts.models import User
from pages import consent as consents
from pages.models import Consent
from tests.pages.consents import PERSON, a_consent, keeper

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_second_factor(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False


def desk_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def rita(db: None) -> Client:
    return desk_of(keeper())


@pytest.fixture
def sven(db: None) -> Client:
    return desk_of(keeper("sven@example.org"))


@pytest.fixture
def casey(db: None) -> Client:
    return desk_of(keeper("casey@example.org", group="Case workers"))


def typed(**changes: str) -> dict[str, str]:
    today = timezone.localdate()
    facts = {
        "alias": "Amara", "person": PERSON, "scope_text": "on", "channel_shop": "on",
        "given_on": today.isoformat(), "until": (today + timedelta(days=365)).isoformat(), **changes,
    }  # fmt: skip
    return {name: value for name, value in facts.items() if value}


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


class TestRecording:
    def test_it_waits_for_a_colleague_and_the_name_is_on_no_page(self, rita: Client, sven: Client) -> None:
        rita.post(reverse("consents:add"), typed())
        consent = Consent.objects.get()
        assert (consent.recorded_by, consent.person) == (keeper(), PERSON)
        assert not consent.is_live(timezone.localdate())
        for name in ("inspect", "edit", "history"):
            assert "Canary" not in text_of(rita.get(reverse(f"consents:{name}", args=[consent.pk])))
        assert not rita.get(reverse("consents:index"), {"q": "Canary"}).context["object_list"]
        review = reverse("consents:review", args=[consent.pk])
        assert "I have compared it" not in text_of(rita.get(reverse("consents:inspect", args=[consent.pk])))
        assert "a colleague must review it" in text_of(rita.post(review, {"version": "1"}, follow=True))
        assert "I have compared it" in text_of(sven.get(reverse("consents:inspect", args=[consent.pk])))
        sven.post(review, {"version": "1"})
        consent.refresh_from_db()
        assert consent.is_live(timezone.localdate())

    @pytest.mark.parametrize(
        ("changes", "field", "words"),
        [
            ({"until": "2099-01-01"}, "until", "at most three years"),
            ({"until": "2001-01-01"}, "until", "before the day"),
            ({"given_on": "2098-12-31", "until": "2099-01-01"}, "given_on", "still to come"),
            ({"scope_text": ""}, "scope_text", "what may be shown"),
            ({"channel_shop": ""}, "channel_website", "where it may be shown"),
            ({"countries": "US"}, "countries", "seen everywhere"),
            ({"person": ""}, "person", "required"),
        ],
    )
    def test_what_is_wrong_is_said_beside_the_field(
        self, rita: Client, changes: dict[str, str], field: str, words: str
    ) -> None:
        answer = rita.post(reverse("consents:add"), typed(**changes))
        assert words in str(answer.context["form"].errors[field])
        assert not Consent.objects.exists()

    def test_a_change_is_reviewed_anew(self, sven: Client) -> None:
        consent = a_consent()
        sven.post(reverse("consents:edit", args=[consent.pk]), typed(person="", alias="Amara B"))
        consent.refresh_from_db()
        assert (consent.alias, consent.person, consent.reviewed_at) == ("Amara B", PERSON, None)
        assert (consent.recorded_by, consent.version) == (keeper("sven@example.org"), 2)

    def test_a_withdrawal_while_the_form_is_saved_stands(self, rita: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        consent = a_consent()
        original = consents.unreview

        def withdrawn_meanwhile(one: Consent, *, by: Any) -> None:
            consents.withdraw(Consent.objects.get(pk=one.pk), reason="asked", by=None)
            original(one, by=by)

        monkeypatch.setattr("pages.consent_staff.forms.unreview", withdrawn_meanwhile)
        rita.post(reverse("consents:edit", args=[consent.pk]), typed(person=""))
        consent.refresh_from_db()
        assert consent.withdrawn_at and consent.cleared_at

    def test_nobody_changes_or_deletes_what_is_over(self, rita: Client) -> None:
        consent = a_consent()
        consents.withdraw(consent, reason="asked", by=keeper())
        answer = rita.post(reverse("consents:edit", args=[consent.pk]), typed(alias="Other"))
        assert answer["Location"] == reverse("consents:inspect", args=[consent.pk])
        consent.refresh_from_db()
        assert consent.alias == "Amara"
        assert rita.post(f"/admin/consents/delete/{consent.pk}/").status_code == 404


class TestReviewing:
    @pytest.mark.parametrize("version", ["2", "", "x", "9" * 40, "-1", "١"])
    def test_another_version_than_was_read_is_not_reviewed(self, sven: Client, version: str) -> None:
        consent = a_consent(is_reviewed=False)
        answer = sven.post(reverse("consents:review", args=[consent.pk]), {"version": version}, follow=True)
        assert "Please read it again" in text_of(answer)
        consent.refresh_from_db()
        assert consent.reviewed_at is None


class TestWithdrawing:
    def test_it_asks_for_the_reason_and_says_what_cannot_be_recalled(self, rita: Client) -> None:
        consent = a_consent(channel_print=True)
        page = reverse("consents:withdraw", args=[consent.pk])
        assert "cannot be called back" in text_of(rita.get(page))
        assert rita.post(page, {"reason": "asked"}).status_code == 422
        assert rita.post(page, {"reason": "because", "is_sure": "on"}).status_code == 422
        shown = text_of(rita.post(page, {"reason": "asked", "is_sure": "on"}, follow=True))
        assert "Withdrawn on" in shown and "Cannot be called back" in shown
        consent.refresh_from_db()
        assert consent.withdrawal_reason == "asked"


class TestSeeingWhoGaveIt:
    def test_takes_its_own_permission_a_reason_and_leaves_a_line(self, rita: Client, casey: Client) -> None:
        page = reverse("consents:person", args=[a_consent().pk])
        assert rita.get(page)["Location"] == reverse("wagtailadmin_home")
        assert "Canary" not in text_of(casey.get(page))
        assert casey.post(page, {"why": "curious"}).status_code == 422
        assert not ModelLogEntry.objects.filter(action=consents.SAW).exists()
        answer = casey.post(page, {"why": "renew"})
        assert PERSON in text_of(answer)
        assert "no-store" in answer["Cache-Control"]
        assert ModelLogEntry.objects.filter(action=consents.SAW).count() == 1

    def test_a_lost_key_is_said_and_breaks_nothing(self, casey: Client) -> None:
        page = reverse("consents:person", args=[a_consent().pk])
        Consent.objects.update(sealed_person="not ours")
        assert "does not have any more" in text_of(casey.post(page, {"why": "check"}))


def test_the_list_takes_as_many_queries_for_many_as_for_one(rita: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert rita.get(reverse("consents:index")).status_code == 200
        return len(seen)

    a_consent()
    queries()
    few = queries()
    for _ in range(12):
        a_consent()
    assert queries() == few


@pytest.mark.parametrize(("state", "found"), [("live", 1), ("review", 1), ("over", 1), ("soon", 0), ("other", 3)])
def test_the_list_is_filtered_by_state(rita: Client, state: str, found: int) -> None:
    a_consent()
    a_consent(is_reviewed=False)
    a_consent(until=timezone.localdate() - timedelta(days=1))
    answer = rita.get(reverse("consents:index"), {"state": state})
    assert len(answer.context["object_list"]) == found


@pytest.mark.parametrize("name", ["edit", "inspect", "history", "review", "withdraw", "person"])
def test_who_edits_pages_or_keeps_the_books_sees_none_of_it(name: str, charlie: User, tess: User) -> None:
    url = reverse(f"consents:{name}", args=[a_consent().pk])
    editor = keeper("eddie@example.org", group="Editors")
    for user in (editor, tess):
        for ask in (desk_of(user).get, desk_of(user).post):
            answer = ask(url)
            assert answer.status_code in (403, 405) or answer["Location"] == reverse("wagtailadmin_home")
    assert desk_of(charlie).get(url).status_code == 403
    assert Client().get(url).status_code == 302
