"""What certificates give to the rest: a job, a mail, words for the history of what staff did."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from wagtail import hooks

from accounts.mail_kinds import MailKind, Placeholder
from training.completing import mails
from training.completing.issuing import REISSUED, REVOKED
from training.completing.rules import complete_all

SAMPLE_URL = "https://example.org/training/certificates/x/"


@hooks.register("scheduled_jobs")
def jobs() -> list[tuple[str, timedelta, Callable[[], Any]]]:
    return [("training.complete", timedelta(hours=1), complete_all)]


@hooks.register("register_log_actions")
def staff_actions(actions: Any) -> None:
    actions.register_action(REISSUED, "Issue a certificate anew", "Issued it anew")
    actions.register_action(REVOKED, "Revoke a certificate", "Revoked it")


@hooks.register("register_mails")
def kinds() -> list[MailKind]:
    return [
        MailKind(
            key=mails.ISSUED,
            label="Training: certificate",
            when="Sent to a trainee when their certificate is issued, or issued anew.",
            placeholders={
                "title": Placeholder("The course", lambda context: context["title"], "Sewing for a living"),
                "certificate_url": Placeholder(
                    "See the certificate", lambda context: context["certificate_url"], SAMPLE_URL
                ),
            },
            sample_context=lambda: {"title": "Sewing for a living", "certificate_url": SAMPLE_URL},
        )
    ]
