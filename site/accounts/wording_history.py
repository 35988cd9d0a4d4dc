"""Changing staff's words for a mail. Each change is in Wagtail's log with the words, so none is ever lost."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry

from accounts.mail_kinds import MailKind
from accounts.models import MailWording, User

WORDED, UNWORDED = "accounts.word_mail", "accounts.unword_mail"


@transaction.atomic
def word(kind: MailKind, language: str, *, subject: str, body: str, by: User) -> MailWording:
    wording, _ = MailWording.objects.update_or_create(
        kind=kind.key,
        language=language,
        defaults={"subject": subject, "body": body, "is_in_use": True, "updated_by": by},
    )
    log(wording, WORDED, user=by, data={"subject": subject, "body": body})
    return wording


@transaction.atomic
def back_to_default(wording: MailWording, by: User) -> None:
    if MailWording.objects.filter(pk=wording.pk, is_in_use=True).update(is_in_use=False, updated_by=by):
        log(wording, UNWORDED, user=by)


def history_of(wording: MailWording | None) -> list[ModelLogEntry]:
    """The last changes, newest first."""
    if wording is None:
        return []
    return list(ModelLogEntry.objects.for_instance(wording).select_related("user").order_by("-timestamp", "-pk")[:10])


def earlier_words(wording: MailWording | None, entry_pk: str) -> dict[str, Any] | None:
    """Subject and body as they were saved in that entry of this very wording's log."""
    if wording is None or not entry_pk.isdecimal() or len(entry_pk) > 15:
        return None
    entries = ModelLogEntry.objects.for_instance(wording).filter(pk=int(entry_pk), action=WORDED)
    return next((dict(entry.data) for entry in entries), None)
