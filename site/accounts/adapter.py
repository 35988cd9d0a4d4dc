"""How allauth works on this site: its mails leave through our own module, its secrets are stored sealed."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils.encoding import force_str

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


class SecondFactorAdapter(DefaultMFAAdapter):
    """allauth keeps the secrets of authenticator apps as they are; a stolen database must not be a second factor."""

    def encrypt(self, text: str) -> str:
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _fernet().decrypt(encrypted_text.encode()).decode()


def _fernet() -> MultiFernet:
    """Keys from SECRET_KEY, and from those before it, so that it can be changed without locking the staff out."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [hashlib.sha256(f"second factor:{force_str(secret)}".encode()).digest() for secret in secrets]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
