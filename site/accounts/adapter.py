"""How allauth works on this site: its mails leave through our own module, its secrets are stored sealed."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest
from django.urls import reverse

from accounts.mail_kinds import language_at
from accounts.mailing import send_mail_later
from accounts.sealing import sealer


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        # Also said to those who asked for several codes in a row.
        "too_many_login_attempts": "That was tried too often. Wait a few minutes and try again.",
    }

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_home")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        send_mail_later(template=template_prefix, to=email, context=context, language=language_at(email))


class SecondFactorAdapter(DefaultMFAAdapter):
    """allauth keeps the secrets of authenticator apps as they are; a stolen database must not be a second factor."""

    def encrypt(self, text: str) -> str:
        return sealer("second factor").encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return sealer("second factor").decrypt(encrypted_text.encode()).decode()
