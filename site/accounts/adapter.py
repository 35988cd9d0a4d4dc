"""How allauth speaks for this site: its mails leave through our own module."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.mail import EmailMultiAlternatives

from accounts.mailing import mail_context, queue_mail


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        # Also said to those who asked for several codes in a row.
        "too_many_login_attempts": "That was tried too often. Wait a few minutes and try again.",
    }

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        values = {**mail_context(), "email": email, **context}
        message = self.render_mail(template_prefix, email, values)
        html = ""
        if isinstance(message, EmailMultiAlternatives) and message.alternatives:
            html = str(message.alternatives[0][0])
        queue_mail(to=email, subject=str(message.subject), text=str(message.body), html=html)
