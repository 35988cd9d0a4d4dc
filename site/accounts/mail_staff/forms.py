from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts import mail_markup
from accounts.mail_kinds import MailKind


class LinesField(forms.CharField):
    """Browsers end lines in their own way; that alone is no change."""

    def to_python(self, value: Any) -> str:
        return "\n".join((super().to_python(value) or "").splitlines())


class WordingForm(forms.Form):
    """Staff's words for one mail. What could not be sent is said here, beside the field."""

    subject = forms.CharField(max_length=200, help_text="One line, without names, addresses or amounts.")
    body = LinesField(max_length=20_000, label="Text", widget=forms.Textarea(attrs={"rows": 18}))

    def __init__(self, *args: Any, kind: MailKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind

    def clean_subject(self) -> str:
        subject = str(self.cleaned_data["subject"])
        if len(subject.splitlines()) > 1:
            raise ValidationError("A subject is one line.")
        self._know(subject)
        harmless = {name for name, one in self.kind.placeholders.items() if one.may_stand_in_subject}
        personal = mail_markup.names_in(subject) - harmless
        if personal:
            raise ValidationError(
                f"{_listed(personal)} may not stand in a subject: it is read on locked screens. {_offer(harmless)}"
            )
        return subject

    def clean_body(self) -> str:
        body = str(self.cleaned_data["body"])
        self._know(body)
        wrong = mail_markup.bad_buttons(body)
        if wrong:
            raise ValidationError(
                f"A button leads to a placeholder for a link or to a web address, not to “{wrong[0]}”. "
                f"{_offer(name for name in self.kind.placeholders if name.endswith('_url'))}"
            )
        required = {name for name, one in self.kind.placeholders.items() if one.is_required}
        missing = required - mail_markup.names_in(body)
        if missing:
            raise ValidationError(f"This mail is of no use without {_listed(missing)}.")
        return body

    def _know(self, text: str) -> None:
        unknown = mail_markup.unknown_in(text, self.kind.placeholders)
        if unknown:
            raise ValidationError(f"There is no {_listed(unknown)} in this mail. {_offer(self.kind.placeholders)}")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names))


def _offer(names: Iterable[str]) -> str:
    listed = _listed(names)
    return f"You may use {listed}." if listed else "There is none that you may use here."
