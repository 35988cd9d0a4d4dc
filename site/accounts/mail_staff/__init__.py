"""The staff's screens of mails: their wording, and those on their way."""

from __future__ import annotations

from accounts.mail_staff.outbox import OutboxViewSet
from accounts.mail_staff.wordings import MailsViewSet

__all__ = ["MailsViewSet", "OutboxViewSet"]
