"""What recovery gives to the rest: its mails, and the daily look for what is to be announced."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from wagtail import hooks

from accounts.mail_kinds import MailKind
from membership import notices
from membership.recovery.mail_kinds import notice_kinds, recovery_mail_kinds


@hooks.register("register_mails")
def mails() -> list[MailKind]:
    return [*recovery_mail_kinds(), *notice_kinds()]


@hooks.register("scheduled_jobs")
def jobs() -> list[tuple[str, timedelta, Callable[[], Any]]]:
    return [("membership.send_notices", timedelta(days=1), notices.send_due)]
