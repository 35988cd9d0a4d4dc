"""What a mail says: staff's own words where there are some, else the files of the app that sends it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any

from django.conf import settings
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string, select_template

from accounts import mail_markup
from accounts.mail_kinds import MailKind
from accounts.models import MailWording

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Wording:
    """A mail, rendered."""

    subject: str
    text: str
    html: str


def compose(key: str, kind: MailKind | None, values: dict[str, Any], language: str) -> Wording:
    values = {**values, "language": language}
    own = own_words(key, language) if kind else None
    if kind and own:
        try:
            filled = {name: kind.placeholders[name].value(values) for name in names_in(own)}
            return from_markup(own.subject, own.body, filled, values)
        except Exception as error:  # noqa: BLE001 — a mail goes with a booking: no wording may stop that
            logger.error("The wording of %s (%s) cannot be filled: %s", key, language, type(error).__name__)
    return from_files(key, values, language)


def own_words(key: str, language: str) -> MailWording | None:
    """Staff's words in this language; where it has not even a file of its own, those in the default language."""
    languages = {language, settings.LANGUAGE_CODE}
    found = {
        wording.language: wording
        for wording in MailWording.objects.filter(kind=key, language__in=languages, is_in_use=True)
    }
    if language in found or has_own_file(key, language):
        return found.get(language)
    return found.get(settings.LANGUAGE_CODE)


def from_markup(subject: str, body: str, filled: Mapping[str, str], values: dict[str, Any]) -> Wording:
    subject = " ".join(mail_markup.fill(subject, filled).split())
    text = {**values, "subject": subject, "body": mail_markup.to_text(body, filled)}
    html = {**values, "subject": subject, "body": mail_markup.to_html(body, filled)}
    return _worded(subject, render_to_string("mail/worded.txt", text), render_to_string("mail/worded.html", html))


def from_files(key: str, values: dict[str, Any], language: str) -> Wording:
    """``<key>_subject.txt``, ``.txt`` and ``.html``; ``.es.txt`` and so on where the app has them."""
    # A subject is plain text: what the template engine escaped as for a page is read as it was meant.
    subject = " ".join(unescape(render_to_string(files_of(key, "_subject", "txt", language), values)).split())
    values = {**values, "subject": subject}
    text = render_to_string(files_of(key, "", "txt", language), values)
    try:
        html = str(render_to_string(files_of(key, "", "html", language), values))
    except TemplateDoesNotExist:
        html = _html_of_text(key, values, language)
    return _worded(subject, text, html)


def _html_of_text(key: str, values: dict[str, Any], language: str) -> str:
    """allauth's mails come as text only."""
    text = render_to_string(files_of(key, "", "txt", language), {**values, "without_footer": True})
    return render_to_string("mail/plain.html", {**values, "body": text.strip()})


def has_own_file(key: str, language: str) -> bool:
    if language == settings.LANGUAGE_CODE:
        return True
    try:
        select_template([f"{key}.{language}.txt", f"{key}_message.{language}.txt"])
    except TemplateDoesNotExist:
        return False
    return True


def names_in(wording: MailWording) -> set[str]:
    return mail_markup.names_in(wording.subject) | mail_markup.names_in(wording.body)


def files_of(key: str, part: str, extension: str, language: str) -> list[str]:
    # allauth calls the body of its mails "message".
    parts = [part] if part else ["", "_message"]
    return [f"{key}{part}{middle}.{extension}" for middle in (f".{language}", "") for part in parts]


def _worded(subject: str, text: str, html: str) -> Wording:
    # Stripped, they are plain strings: what a template made counts as safe, and would be shown to staff unescaped.
    return Wording(subject, text.strip(), html.strip())
