"""What a mail says: staff's words, the files, and nothing that anybody smuggled in."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts import mail_markup
from accounts.choices import switch_on
from accounts.mail_kinds import kinds, language_of
from accounts.mail_preview import default_wording, draft
from accounts.mailing import mail_context, send_mail_later
from accounts.models import MailWording, OutgoingMail
from receipts.payers import find_or_create_payer
from tests.accounts.mails import KEY, NEWS, SAMPLE, wording
from tests.cast import a_user

REPOSITORY = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.usefixtures("db", "harbour")


def sent(language: str = "en", **context: Any) -> OutgoingMail:
    mail = send_mail_later(template=KEY, to="grace@example.org", context={**SAMPLE, **context}, language=language)
    assert mail
    return mail


def test_without_staffs_words_the_files_speak() -> None:
    mail = sent()
    assert (mail.subject, mail.kind) == ("Heron is in", KEY)
    assert "Dear Grace Hopper, Heron is in." in mail.html and mail.text.startswith("Dear Grace Hopper,")


def test_staffs_words_are_used_in_both_parts() -> None:
    wording("Hello **{name}**,\n\n- see {boat}\n- wave\n\n[Look at her]({boat_url})", subject="{boat}!")
    mail = sent()
    assert mail.subject == "Heron!"
    assert mail.text.startswith(
        "Hello Grace Hopper,\n\n- see Heron\n- wave\n\nLook at her:\nhttps://example.org/boat/\n\n--"
    )
    assert ">Grace Hopper</strong>" in mail.html and ">see Heron</li>" in mail.html
    assert 'href="https://example.org/boat/"' in mail.html


def test_words_that_are_out_of_use_are_not_sent() -> None:
    wording("Never mind.")
    MailWording.objects.update(is_in_use=False)
    assert "Never mind" not in sent().text


def test_each_language_has_its_own_words_and_falls_back() -> None:
    wording("In English.")
    assert "ha llegado Heron" in sent("es").text, "the app's Spanish is nearer than staff's English"
    wording("En español.", language="es")
    assert "En español." in sent("es-MX").text
    assert "In English." in sent("en").text
    assert "In English." in sent("tlh").text
    assert '<html lang="es"' in sent("es").html


def test_a_language_without_files_gets_staffs_words_in_the_default_one() -> None:
    def news() -> str:
        mail = send_mail_later(template=NEWS.key, to="grace@example.org", context={}, language="es")
        return mail.text if mail else ""

    switch_on("grace@example.org", "news")
    assert news().startswith("All is well")
    wording("All is very well.", kind=NEWS.key)
    assert news().startswith("All is very well.")


@pytest.mark.parametrize(
    "typed", ["{{7*7}}", "{{ name }}", "{{name}}", '{% include "mail/base.html" %}', "{% debug %}", "{# x #}", "${7*7}"]
)
def test_what_looks_like_a_template_comes_out_as_it_was_typed(typed: str) -> None:
    wording(f"Here: {typed}")
    mail = sent()
    assert f"Here: {typed}" in mail.text
    assert "Grace" not in mail.text and "49" not in mail.text
    assert f"Here: {typed}".replace('"', "&quot;") in mail.html or f"Here: {typed}" in mail.html


def test_html_in_words_and_in_values_is_shown_and_not_obeyed() -> None:
    wording("<b>bold</b> {name} {boat}", subject="Hi {boat}")
    mail = sent(name="<script>alert(1)</script>", boat='"><img src=x onerror=alert(1)>')
    assert "<script" not in mail.html and "<img" not in mail.html and "<b>" not in mail.html
    assert "&lt;script&gt;" in mail.html
    assert "<script>alert(1)</script>" in mail.text, "plain text stays what it is"


@pytest.mark.parametrize("name", ["{boat}", "**x**", "[Win](https://evil.example)", "# Big", "- item"])
def test_what_a_supporter_wrote_is_never_markup(name: str) -> None:
    wording("{name}\n\nHello {name}")
    mail = sent(name=name)
    assert f"Hello {name}" in mail.text
    assert not any(tag in mail.html for tag in ("<strong", "<h1", "<li", 'evil.example"'))


def test_a_link_leads_to_the_web_or_nowhere() -> None:
    wording("[Go]({boat_url})\n\n{boat_url}")
    mail = sent(url="javascript:alert(1)")
    assert 'href="javascript' not in mail.html


def test_lines_that_lost_all_they_were_for_are_left_out() -> None:
    assert mail_markup.to_text("a\n\n- Next: {day}\n- Fixed\n\n{day}\n\nb {day}", {"day": ""}) == "a\n\n- Fixed\n\nb "


def test_a_subject_stays_one_line_whatever_a_value_holds() -> None:
    wording("x", subject="About {boat}")
    mail = sent(boat="Heron\r\nBcc: everybody@example.org")
    assert mail.subject == "About Heron Bcc: everybody@example.org"


def test_words_that_cannot_be_filled_never_stop_a_booking(caplog: pytest.LogCaptureFixture) -> None:
    wording("Dear {name}, {gone}{boat_url}")
    MailWording.objects.update(body="Dear {name}, {a_placeholder_of_an_older_version}")
    mail = sent()
    assert "Heron is in" in mail.text
    assert "cannot be filled" in caplog.text and "Grace" not in caplog.text


def test_the_wording_costs_one_query(django_assert_num_queries: Any) -> None:
    from accounts.mail_kinds import kind_of
    from accounts.mail_wording import compose

    wording("Dear {name}")
    kind, values = kind_of(KEY), {**mail_context(), **SAMPLE}
    with django_assert_num_queries(1):
        compose(KEY, kind, values, "es")


def test_every_mail_in_the_house_is_registered_and_can_be_shown_in_each_language(settings: Any) -> None:
    known = {kind.key for kind in kinds()}
    assert len(known) == len(kinds()), "a kind is registered once"
    folders = [*REPOSITORY.glob("*/templates/*/mail"), *REPOSITORY.glob("site/*/templates/*/mail")]
    files = {path for folder in folders for path in folder.glob("*_subject.txt")}
    assert files
    for path in files:
        key = f"{path.parent.parent.name}/mail/{path.name.removesuffix('_subject.txt')}"
        assert key in known, f"{key} is a mail that staff cannot see: give it to the hook register_mails"
    for kind in kinds():
        for language, _ in settings.LANGUAGES:
            shown = default_wording(kind, language)
            assert shown.subject and len(shown.text) > 40 and shown.html
            assert "{{" not in shown.text and "None" not in shown.text


def test_no_supporter_who_reads_spanish_is_written_to_in_english() -> None:
    for kind in kinds():
        english, spanish = (re.sub(r"\{\w+\}", "", draft(kind, language)[1]).strip() for language in ("en", "es"))
        is_ours = kind.key != "accounts/mail/staff_reminder" and not kind.key.startswith("tests/")
        # Where staff say it all, nothing is left.
        assert not is_ours or not english or english != spanish, kind.key
    folders = ("*/templates/*/mail", "site/*/templates/*/mail", "site/*/templates/account/email")
    subjects = [path for folder in folders for path in REPOSITORY.glob(f"{folder}/*_subject.txt")]
    assert len(subjects) > 40
    for path in subjects:
        stem = path.name.removesuffix("_subject.txt")
        for part in ("_subject.txt", ".txt", ".html", "_message.txt", "_message.html") if "staff" not in stem else ():
            file = path.with_name(f"{stem}{part}")
            assert not file.exists() or file.with_suffix(f".es{file.suffix}").exists(), file.name


def test_the_default_subjects_hold_nothing_personal(settings: Any) -> None:
    """Names, addresses and amounts never stand in a subject."""
    for kind in kinds():
        private = [one for one in kind.placeholders.values() if not one.may_stand_in_subject]
        personal = [one.value(kind.sample_context()) for one in private]
        for language, _ in settings.LANGUAGES:
            subject = default_wording(kind, language).subject
            assert not any(value and value in subject for value in personal), kind.key


def test_a_language_is_one_of_ours() -> None:
    assert [language_of(code) for code in ("es", "ES_mx", "en-GB", "", "xx")] == ["es", "es", "en", "en", "en"]


def test_what_allauth_writes_as_text_gets_our_layout_and_obeys_nothing() -> None:
    mail = send_mail_later(
        template="account/email/email_changed",
        to="grace@example.org",
        context={"from_email": "<img src=x>@example.org", "to_email": "grace@example.org"},
    )
    assert mail and "Something in your account has changed" in mail.text
    assert "Harbour Light" in mail.html and "<img" not in mail.html


def test_signing_in_speaks_the_payers_language(mailoutbox: list[Any], client: Client) -> None:
    a_user("grace@example.org", "Grace")
    find_or_create_payer(kind="person", name="Grace", email="Grace@example.org", language="es")
    client.post(reverse("account_request_login_code"), {"email": "grace@example.org"})
    assert mailoutbox[0].subject.startswith("Su código: ") and '<html lang="es"' in mailoutbox[0].alternatives[0][0]


def test_every_mail_of_allauth_is_a_kind() -> None:
    import allauth

    known = {kind.key for kind in kinds()}
    for app in ("account", "mfa"):
        for path in Path(allauth.__file__).parent.glob(f"templates/{app}/email/*_subject.txt"):
            key = f"{app}/email/{path.name.removesuffix('_subject.txt')}"
            # We reset passwords by a link.
            assert key in known or key == "account/email/password_reset_code", key
