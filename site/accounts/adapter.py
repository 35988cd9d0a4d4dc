"""How allauth works on this site: its mails leave through our own module, its secrets are stored sealed."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.core.mail import EmailMultiAlternatives
from django.utils.translation import get_language

from accounts.mail_kinds import kind_of
from accounts.mailing import mail_context, queue_mail, send_mail_later
from accounts.sealing import sealer


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        # Also said to those who asked for several codes in a row.
        "too_many_login_attempts": "That was tried too often. Wait a few minutes and try again.",
    }

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        if kind_of(template_prefix):
            send_mail_later(template=template_prefix, to=email, context=context, language=get_language() or "en")
            return
        values = {**mail_context(), "email": email, **context}
        message = self.render_mail(template_prefix, email, values)
        html = ""
        if isinstance(message, EmailMultiAlternatives) and message.alternatives:
            html = str(message.alternatives[0][0])
        queue_mail(to=email, subject=str(message.subject), text=str(message.body), html=html, kind=template_prefix)


class SecondFactorAdapter(DefaultMFAAdapter):
    """allauth keeps the secrets of authenticator apps as they are; a stolen database must not be a second factor."""

    def encrypt(self, text: str) -> str:
        return sealer("second factor").encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return sealer("second factor").decrypt(encrypted_text.encode()).decode()
