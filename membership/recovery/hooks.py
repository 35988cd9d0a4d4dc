"""What recovery gives to the rest: its mails."""

from __future__ import annotations

from wagtail import hooks

from accounts.mail_kinds import MailKind
from membership.recovery.mail_kinds import recovery_mail_kinds


@hooks.register("register_mails")
def mails() -> list[MailKind]:
    return recovery_mail_kinds()
