"""Mails shown to staff: what each says by default, a first draft for staff's own words, and a test to oneself."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from accounts import mail_markup
from accounts.mail_kinds import MailKind
from accounts.mail_wording import Wording, files_of, from_files, from_markup
from accounts.mailing import mail_context


def default_wording(kind: MailKind, language: str) -> Wording:
    """The app's own files, with made-up values."""
    with translation.override(language):
        return from_files(kind.key, _sample_values(kind, language), language)


def in_words_of_staff(kind: MailKind, language: str, *, subject: str, body: str) -> Wording:
    """What was typed, with made-up values; what cannot be filled stands there as it was typed."""
    with translation.override(language):
        values = _sample_values(kind, language)
        return from_markup(subject, body, _filled(kind, values), values)


def draft(kind: MailKind, language: str) -> tuple[str, str]:
    """Subject and body to begin from: the default wording, with the made-up values turned back into placeholders."""
    with translation.override(language):
        values = {**_sample_values(kind, language), "without_footer": True}
        subject, text = (
            render_to_string(files_of(kind.key, part, "txt", language), values).strip() for part in ("_subject", "")
        )
        filled = sorted(_filled(kind, values).items(), key=lambda pair: -len(pair[1]))
    return _with_placeholders(subject, filled), _buttons(kind, _with_placeholders(text, filled))


def _sample_values(kind: MailKind, language: str) -> dict[str, Any]:
    values = {**mail_context(), "email": "grace@example.org", "language": language, **kind.sample_context()}
    if not kind.is_service:
        values["stop_url"] = "https://example.org/"
    return values


def _filled(kind: MailKind, values: dict[str, Any]) -> dict[str, str]:
    return {name: placeholder.value(values) for name, placeholder in kind.placeholders.items()}


def _with_placeholders(text: str, filled: list[tuple[str, str]]) -> str:
    for name, value in filled:
        if value:
            text = text.replace(value, f"{{{name}}}")
    return text


def _buttons(kind: MailKind, text: str) -> str:
    """An address alone on its line becomes a button with the words that stand for it."""
    lines = []
    for line in text.splitlines():
        name = mail_markup.only_placeholder(line)
        is_button = name.endswith("_url") and name in kind.placeholders
        lines.append(f"[{kind.placeholders[name].label}]({line.strip()})" if is_button else line)
    return "\n".join(lines)
