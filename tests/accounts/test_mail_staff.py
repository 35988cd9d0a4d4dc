"""The staff's screens of mails: who may see them, what they save, what they show, what they send."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from accounts.choices import switch_off
from accounts.mail_kinds import kinds
from accounts.mailing import send_mail_later
from accounts.models import MailWording, OutgoingMail, User
from accounts.roles import FUNDRAISERS, GRANTED, grant_to_fundraisers
from tests.accounts.conftest import sign_in_with_second_factor
from tests.accounts.mails import KEY, NEWS, SAMPLE, wording

pytestmark = pytest.mark.usefixtures("db", "harbour")
State = OutgoingMail.State
GOOD = {"subject": "{boat} is home", "body": "Dear {name},\n\n[See her]({boat_url})"}


def address(view: str, language: str = "en", key: str = KEY) -> str:
    return reverse(f"mails:{view}", args=[language, key])


def colleague(*codenames: str, group: str = "") -> User:
    user = User.objects.create_user("dora@example.org", "a long password")
    user.user_permissions.set(Permission.objects.filter(codename__in=["access_admin", *codenames]))
    user.groups.set(Group.objects.filter(name=group))
    return user


def signed_in(user: User) -> Client:
    client = Client()
    sign_in_with_second_factor(client, user)
    return client


@pytest.fixture
def desk() -> Client:
    return signed_in(colleague(group=FUNDRAISERS))


def frame_in(page: str) -> str:
    """What the frame with the designed mail holds."""
    found = re.search(r'srcdoc="([^"]*)"', page)
    assert found
    return unescape(found[1])


class TestWhoMay:
    def test_fundraisers_may_after_a_fresh_migrate_and_have_the_entrance(self) -> None:
        granted = set(Group.objects.get(name=FUNDRAISERS).permissions.values_list("codename", flat=True))
        assert granted >= GRANTED | {"access_admin"}
        assert "view_mail_address" not in granted

    def test_what_was_taken_away_by_hand_stays_away(self) -> None:
        group = Group.objects.get(name=FUNDRAISERS)
        group.permissions.remove(Permission.objects.get(codename="change_mailwording"))
        grant_to_fundraisers(apps.get_app_config("accounts"), using="default")
        assert not group.permissions.filter(codename="change_mailwording").exists()

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_an_editor_may_not(self, method: str) -> None:
        words, mail = wording("Ours."), OutgoingMail.objects.create(to="a@example.org", state=State.FAILED)
        editor = signed_in(colleague(group="Editors"))
        pages = [address(view) for view in ("edit", "preview", "reset")]
        for url in (reverse("mails:index"), *pages, reverse("outbox:index"), reverse("outbox:resend", args=[mail.pk])):
            answer = getattr(editor, method)(url, {**GOOD, "action": "save"})
            assert answer.status_code in (302, 403, 405), url
            assert "Ours." not in answer.text
        words.refresh_from_db()
        mail.refresh_from_db()
        assert (words.body, words.is_in_use, mail.state) == ("Ours.", True, State.FAILED)
        menu = editor.get("/admin/").text
        assert reverse("mails:index") not in menu and reverse("outbox:index") not in menu

    def test_a_stranger_is_sent_away(self, client: Client, charlie: User) -> None:
        client.force_login(charlie)
        for url in (reverse("mails:index"), address("edit"), address("preview"), reverse("outbox:index")):
            assert client.get(url).status_code in (403, 404)

    def test_the_menu_shows_both_to_fundraisers(self, desk: Client) -> None:
        menu = desk.get("/admin/").text
        assert reverse("mails:index") in menu and reverse("outbox:index") in menu


class TestList:
    def test_it_lists_every_kind_with_how_it_stands(self, desk: Client) -> None:
        wording("x", language="es")
        page = desk.get(reverse("mails:index")).text
        assert all(kind.label in page for kind in kinds())
        assert 'aria-label="Harbour, Español: Edited"' in page and 'aria-label="Harbour, English: Default"' in page
        assert 'aria-label="News of the harbour, Español: As in English"' in page

    def test_it_can_be_searched(self, desk: Client) -> None:
        page = desk.get(reverse("mails:index"), {"q": "a boat comes"}).text
        assert address("edit") in page and address("edit", key=NEWS.key) not in page
        assert "No mail has" in desk.get(reverse("mails:index"), {"q": "<x>\x00" * 90}).text

    def test_no_query_per_row(self, desk: Client, django_assert_max_num_queries: Any) -> None:
        desk.get(reverse("mails:index"))
        for kind in kinds():
            wording("x", kind=kind.key)
        with django_assert_max_num_queries(14):
            desk.get(reverse("mails:index"))


class TestWording:
    def test_what_is_saved_is_sent_and_logged(self, desk: Client) -> None:
        answer = desk.post(address("edit"), {**GOOD, "action": "save"}, follow=True)
        assert "is saved" in answer.text
        mail = send_mail_later(template=KEY, to="grace@example.org", context=SAMPLE)
        assert mail and mail.subject == "Heron is home" and "See her:\nhttps://example.org/boat/" in mail.text
        saved = MailWording.objects.get()
        assert saved.updated_by and saved.updated_by.email == "dora@example.org"
        assert ModelLogEntry.objects.get(action="accounts.word_mail").data == GOOD

    def test_the_draft_is_the_default_wording_with_placeholders(self, desk: Client) -> None:
        page = unescape(desk.get(address("edit")).text)
        assert 'value="{boat} is in"' in page
        assert "Dear {name},\n\n{boat} is in:\n[See the boat]({boat_url})" in page

    def test_every_draft_can_be_saved_as_it_is_and_holds_no_made_up_value(self, settings: Any) -> None:
        from accounts.mail_preview import draft
        from accounts.mail_staff.forms import WordingForm

        for kind in kinds():
            for language, _ in settings.LANGUAGES:
                subject, body = draft(kind, language)
                form = WordingForm({"subject": subject, "body": body}, kind=kind)
                assert form.is_valid(), (kind.key, language, form.errors)
                assert "Grace" not in body and "$" not in body and "2027" not in body, (kind.key, body)

    def test_an_unchanged_draft_is_not_saved(self, desk: Client) -> None:
        from accounts.mail_kinds import kind_of
        from accounts.mail_preview import draft

        subject, body = draft(kind_of(KEY), "en")
        data = {"subject": subject, "body": body.replace("\n", "\r\n"), "action": "save"}
        assert "Nothing was changed" in desk.post(address("edit"), data, follow=True).text
        assert not MailWording.objects.exists()

    @pytest.mark.parametrize(
        ("field", "typed", "says"),
        [
            ("subject", "For {name}", "{name} may not stand in a subject"),
            ("subject", "Hi {nobody}", "There is no {nobody} in this mail. You may use {boat}, {boat_url}, {name}."),
            ("subject", "Hi\r\nBcc: all@example.org", "A subject is one line."),
            ("subject", "", "This field is required."),
            ("subject", "x" * 201, "at most 200 characters"),
            ("body", "Dear {Name}", "There is no {Name} in this mail. You may use {boat}, {boat_url}, {name}."),
            ("body", "", "This field is required."),
            ("body", "[Win](javascript:alert)", "A button leads to a placeholder for a link"),
            ("body", "[Win]({name})", "A button leads to a placeholder for a link"),
            ("body", "\x00", "Null characters are not allowed."),
        ],
    )
    def test_what_cannot_be_sent_is_said_beside_the_field_and_kept(
        self, desk: Client, field: str, typed: str, says: str
    ) -> None:
        answer = desk.post(address("edit"), {**GOOD, field: typed, "action": "save"})
        assert answer.status_code == 422
        assert says in unescape(answer.text)
        other = "body" if field == "subject" else "subject"
        assert GOOD[other].splitlines()[0] in unescape(answer.text), "what was typed is kept"
        assert not MailWording.objects.exists()

    def test_a_sign_in_mail_without_its_code_is_refused(self, desk: Client) -> None:
        answer = desk.post(address("edit", key="account/email/login_code"), {"subject": "Hi", "body": "Come in."})
        assert answer.status_code == 422 and "of no use without {code}" in unescape(answer.text)

    def test_earlier_words_can_be_taken_back(self, desk: Client) -> None:
        for body in ("First words.", "Second words."):
            desk.post(address("edit"), {**GOOD, "body": body, "action": "save"})
        first = ModelLogEntry.objects.filter(action="accounts.word_mail").earliest("pk")
        page = desk.get(address("edit"), {"version": first.pk}).text
        assert "First words." in page and "These are earlier words" in page
        other = wording("Of another mail.", kind=NEWS.key)
        assert "earlier words" not in desk.get(address("edit", key=NEWS.key), {"version": first.pk}).text, other
        for odd in ("x", "9" * 40, "-1", ""):
            assert desk.get(address("edit"), {"version": odd}).status_code == 200

    def test_back_to_the_default_asks_first(self, desk: Client) -> None:
        wording("Ours.")
        asked = desk.get(address("reset")).text
        assert "Heron is in" in asked
        assert MailWording.objects.filter(is_in_use=True).exists()
        desk.post(address("reset"))
        desk.post(address("reset"))
        assert MailWording.objects.filter(is_in_use=False).exists()
        assert ModelLogEntry.objects.filter(action="accounts.unword_mail").count() == 1
        mail = send_mail_later(template=KEY, to="grace@example.org", context=SAMPLE)
        assert mail and mail.subject == "Heron is in"

    @pytest.mark.parametrize(("language", "key"), [("xx", KEY), ("en", "no/such/mail"), ("..", KEY)])
    def test_what_is_not_there_is_404(self, desk: Client, language: str, key: str) -> None:
        for view in ("edit", "preview", "reset"):
            assert desk.get(address(view, language, key)).status_code == 404


class TestPreview:
    def test_each_mail_shows_in_each_language(self, desk: Client, settings: Any) -> None:
        for kind in kinds():
            for language, _ in settings.LANGUAGES:
                answer = desk.get(address("preview", language, kind.key))
                assert answer.status_code == 200 and "<html" in frame_in(answer.text)
        spanish = desk.get(address("preview", "es", "account/email/login_code")).text
        assert "Su código para entrar" in spanish and "W3KP-7QHD" in spanish

    def test_it_shows_what_was_typed_and_keeps_nothing(self, desk: Client) -> None:
        page = desk.post(address("preview"), {"subject": "{boat}!", "body": "Dear **{name}** and {nobody}"}).text
        assert "Heron!" in page and ">Grace Hopper</strong> and {nobody}" in frame_in(page)
        assert not MailWording.objects.exists() and not OutgoingMail.objects.exists()

    def test_it_can_load_and_run_nothing(self, desk: Client) -> None:
        answer = desk.post(address("preview"), {"subject": "<script>", "body": "<script>alert(1)</script> {{7*7}}"})
        policy = answer["Content-Security-Policy"]
        assert policy.startswith("sandbox;") and "default-src 'none'" in policy and "script-src" not in policy
        assert "<script" not in answer.text and "<script" not in frame_in(answer.text)
        assert "{{7*7}}" in frame_in(answer.text)

    def test_saved_words_are_what_it_begins_with(self, desk: Client) -> None:
        wording("Saved words for {name}.")
        assert "Saved words for Grace Hopper." in frame_in(desk.get(address("preview")).text)
        assert 'src="' + address("preview") + '" sandbox' in desk.get(address("edit")).text


class TestTest:
    def test_it_goes_to_who_asks_and_to_nobody_else(self, desk: Client, mailoutbox: list[Any]) -> None:
        data = {**GOOD, "action": "test", "to": "victim@example.org", "email": "victim@example.org"}
        answer = desk.post(address("edit"), data)
        assert answer.status_code == 200 and "dora@example.org" in answer.text
        assert [mail.to for mail in mailoutbox] == [["dora@example.org"]]
        assert mailoutbox[0].subject == "[Test] Heron is home"
        assert not MailWording.objects.exists()
        assert GOOD["subject"] in answer.text, "what was typed is kept"

    def test_unchanged_it_is_the_default_with_its_own_layout(self, desk: Client, mailoutbox: list[Any]) -> None:
        login = "account/email/login_code"
        page = unescape(desk.get(address("edit", key=login)).text)
        subject = re.search(r'name="subject" value="([^"]*)"', page)
        body = re.search(r"<textarea[^>]*>\s*(.*?)</textarea>", page, re.DOTALL)
        assert subject and body
        desk.post(address("edit", key=login), {"subject": subject[1], "body": body[1], "action": "test"})
        assert mailoutbox[0].subject == "[Test] Your code: W3KP-7QHD"
        assert "<h1" in mailoutbox[0].alternatives[0][0], "the draft has no heading"

    def test_a_choice_of_ones_own_does_not_hold_it_back(self, desk: Client, mailoutbox: list[Any]) -> None:
        switch_off("dora@example.org", "news")
        desk.post(address("edit", key=NEWS.key), {"subject": "N", "body": "New words.", "action": "test"})
        assert len(mailoutbox) == 1

    def test_words_that_cannot_be_sent_are_not_tested(self, desk: Client, mailoutbox: list[Any]) -> None:
        assert desk.post(address("edit"), {**GOOD, "body": "{x}", "action": "test"}).status_code == 422
        assert mailoutbox == []


class TestOutbox:
    @pytest.fixture
    def failed(self) -> OutgoingMail:
        return OutgoingMail.objects.create(
            kind=KEY,
            to="grace@example.org",
            subject="Your code: W3KP-7QHD",
            text="W3KP-7QHD",
            state=State.FAILED,
            attempts=8,
        )

    def test_addresses_and_contents_stay_hidden(self, desk: Client, failed: OutgoingMail) -> None:
        """A code to sign in must not be read by staff."""
        page = desk.get(reverse("outbox:index")).text
        assert "Harbour" in page and "g•••@•••" in page and "Failed" in page
        asked = desk.get(reverse("outbox:resend", args=[failed.pk])).text
        for text in (page, asked):
            assert "grace@example.org" not in text and "W3KP" not in text

    def test_addresses_show_and_can_be_searched_with_the_right(self, failed: OutgoingMail) -> None:
        OutgoingMail.objects.create(to="alice@example.org", kind=KEY)
        desk = signed_in(colleague("view_outgoingmail", "view_mail_address"))
        assert "grace@example.org" in desk.get(reverse("outbox:index")).text
        found = desk.get(reverse("outbox:index"), {"q": "Grace@example.org"}).text
        assert "grace@example.org" in found and "alice@example.org" not in found

    def test_a_search_without_the_right_finds_nothing_out(self, desk: Client, failed: OutgoingMail) -> None:
        found = desk.get(reverse("outbox:index"), {"q": "nobody@example.org"}).text
        assert "g•••@•••" in found, "the address is not asked at all"

    def test_a_failed_one_is_sent_again_once_and_logged(
        self, desk: Client, failed: OutgoingMail, mailoutbox: list[Any]
    ) -> None:
        url = reverse("outbox:resend", args=[failed.pk])
        desk.get(url)
        assert mailoutbox == []
        desk.post(url)
        desk.post(url)
        assert len(mailoutbox) == 1
        assert ModelLogEntry.objects.filter(action="accounts.resend_mail").count() == 1

    def test_who_may_only_look_may_not_send(self, failed: OutgoingMail, mailoutbox: list[Any]) -> None:
        desk = signed_in(colleague("view_outgoingmail"))
        url = reverse("outbox:resend", args=[failed.pk])
        assert url not in desk.get(reverse("outbox:index")).text
        assert desk.post(url).status_code in (302, 403)
        assert mailoutbox == []

    def test_it_can_be_narrowed(self, desk: Client, failed: OutgoingMail) -> None:
        OutgoingMail.objects.create(to="alice@example.org", kind=KEY, state=State.SENT, sent_at=timezone.now())
        assert "a•••@•••" not in desk.get(reverse("outbox:index"), {"state": "failed"}).text
        assert "g•••@•••" not in desk.get(reverse("outbox:index"), {"kind": NEWS.key}).text

    def test_no_query_per_row(self, desk: Client, django_assert_max_num_queries: Any) -> None:
        OutgoingMail.objects.bulk_create(
            OutgoingMail(to=f"a{number}@example.org", kind=KEY, state=State.FAILED) for number in range(40)
        )
        desk.get(reverse("outbox:index"))
        with django_assert_max_num_queries(16):
            desk.get(reverse("outbox:index"))
