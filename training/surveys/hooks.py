"""What surveys give to the rest: a job and a mail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from wagtail import hooks

from accounts.mail_kinds import MailKind, Placeholder
from training.surveys import asking

SAMPLE_URL = "https://example.org/training/survey/x/"


@hooks.register("scheduled_jobs")
def jobs() -> list[tuple[str, timedelta, Callable[[], Any]]]:
    return [("training.ask_what_changed", timedelta(days=1), asking.ask_all)]


@hooks.register("register_mails")
def kinds() -> list[MailKind]:
    return [
        MailKind(
            key=asking.TEMPLATE,
            label="Training: what changed",
            when="Sent once to who completed a course, some months later (Settings, Training).",
            placeholders={
                "title": Placeholder("The course", lambda context: context["title"], "Sewing for a living"),
                "survey_url": Placeholder("Two questions", lambda context: context["survey_url"], SAMPLE_URL),
            },
            sample_context=lambda: {"title": "Sewing for a living", "survey_url": SAMPLE_URL},
        )
    ]
