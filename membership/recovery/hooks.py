"""What recovery gives to the rest: mails, the daily look for what is to be announced, a part of "My account"."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from wagtail import hooks

from accounts.mail_kinds import MailKind
from accounts.sections import AccountSection
from membership import bank_debits, notices
from membership.recovery import account, links
from membership.recovery.mail_kinds import notice_kinds, recovery_mail_kinds
from payments.models import Plan
from receipts.models import Payer


@hooks.register("register_mails")
def mails() -> list[MailKind]:
    return [*recovery_mail_kinds(), *notice_kinds()]


@hooks.register("scheduled_jobs")
def jobs() -> list[tuple[str, timedelta, Callable[[], Any]]]:
    return [
        ("membership.send_notices", timedelta(days=1), notices.send_due),
        ("membership.tell_of_debits", timedelta(minutes=15), bank_debits.tell_all),
    ]


@hooks.register("account_sections")
def account_section(request: HttpRequest) -> AccountSection | None:
    return account.section(request)


@hooks.register("register_log_actions")
def staff_actions(log_actions: Any) -> None:
    """What staff did here, for Wagtail's site history."""
    log_actions.register_action("membership.retry_payment", "Try a failed payment again", "Tried it again")
    log_actions.register_action("membership.resend_link", "Send the link to mend it", "Sent the link again")


@hooks.register("payer_changed")
def forget_links(payer: Payer) -> None:
    """An address may have changed: what was mailed to the old one opens nothing more. A new link is one click away."""
    for plan in Plan.objects.running().filter(payer=payer):
        links.revoke(plan)
