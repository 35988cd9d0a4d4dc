"""Every mail goes through here: rendered once, stored as a row, delivered by the worker."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import css_inline
from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from wagtail import hooks

from accounts import tasks
from accounts.mail_kinds import kind_of, language_of, may_mail
from accounts.mail_wording import Wording, compose
from accounts.models import OutgoingMail
from accounts.stopping import stop_url


def send_mail_later(
    *, template: str, to: str, context: dict[str, Any], language: str = "en", send_at: datetime | None = None
) -> OutgoingMail | None:
    """Write a mail of this kind, in staff's words or in those of its files, and queue it.

    Called inside a transaction, the row and its task commit or vanish with it. With ``send_at`` it waits until then and
    can be stopped by ``delivery.cancel_mail``. None when the person has switched this kind of mail off.
    """
    if not may_mail(to, kind_of(template)):
        return None
    words = wording_of(template=template, to=to, context=context, language=language)
    return queue_words(words, to=to, kind=template, send_at=send_at)


def wording_of(*, template: str, to: str, context: dict[str, Any], language: str = "en") -> Wording:
    """What a mail of this kind says, without sending it: also what somebody is shown before it goes out."""
    kind, language = kind_of(template), language_of(language)
    with translation.override(language):
        values = {**mail_context(), "email": to, **context}
        if kind and not kind.is_service:
            values["stop_url"] = stop_url(to, kind)
        return compose(template, kind, values, language)


def mail_context() -> dict[str, Any]:
    """What the layout of every mail needs, from the hook ``mail_context``: often there is no request."""
    values: dict[str, Any] = {"base_url": settings.BASE_URL}
    for more in hooks.get_hooks("mail_context"):
        values.update(more())
    return values


def queue_words(words: Wording, *, to: str, kind: str = "", send_at: datetime | None = None) -> OutgoingMail:
    return queue_mail(to=to, subject=words.subject, text=words.text, html=words.html, kind=kind, send_at=send_at)


def queue_mail(
    *, to: str, subject: str, text: str, html: str = "", kind: str = "", send_at: datetime | None = None
) -> OutgoingMail:
    """Store a rendered mail and ask the worker to deliver it; one for later is found by the clock's sweep."""
    now = timezone.now()
    with transaction.atomic():
        mail = OutgoingMail.objects.create(
            kind=kind,
            to=to,
            subject=" ".join(subject.split())[:250],
            text=text.strip() + "\n",
            html=inlined(html) if html else "",
            due_at=send_at or now,
        )
        if mail.due_at <= now:
            tasks.deliver.enqueue(mail.pk)
    return mail


def inlined(html: str) -> str:
    """Styles go to their elements, for mail readers that drop style sheets; the rules for dark screens stay."""
    return css_inline.inline(html, keep_at_rules=True, load_remote_stylesheets=False)
