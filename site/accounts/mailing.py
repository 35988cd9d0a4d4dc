"""Every mail goes through here: rendered once, stored as a row, delivered by the worker."""

from __future__ import annotations

from html import unescape
from typing import Any

import css_inline
from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from wagtail import hooks

from accounts import tasks
from accounts.models import OutgoingMail


def send_mail_later(*, template: str, to: str, context: dict[str, Any], language: str = "en") -> OutgoingMail:
    """Render ``<template>_subject.txt``, ``.txt`` and ``.html`` and queue them.

    Called inside a transaction, the row and its task commit or vanish with it.
    """
    with translation.override(language):
        values = {**mail_context(), **context}
        # A subject is plain text: what the template engine escaped as for a page is read as it was meant.
        subject = " ".join(unescape(render_to_string(f"{template}_subject.txt", values)).split())
        values["subject"] = subject
        return queue_mail(
            to=to,
            subject=subject,
            text=render_to_string(f"{template}.txt", values),
            html=render_to_string(f"{template}.html", values),
        )


def mail_context() -> dict[str, Any]:
    """What the layout of every mail needs, from the hook ``mail_context``: often there is no request."""
    values: dict[str, Any] = {"base_url": settings.BASE_URL}
    for more in hooks.get_hooks("mail_context"):
        values.update(more())
    return values


def queue_mail(*, to: str, subject: str, text: str, html: str = "") -> OutgoingMail:
    """Store a rendered mail and ask the worker to deliver it."""
    with transaction.atomic():
        mail = OutgoingMail.objects.create(
            to=to,
            subject=" ".join(subject.split())[:250],
            text=text.strip() + "\n",
            html=css_inline.inline(html, load_remote_stylesheets=False) if html else "",
        )
        tasks.deliver.enqueue(mail.pk)
    return mail
