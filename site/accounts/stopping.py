"""The link with which somebody stops mails of one purpose, without signing in (RFC 8058)."""

from __future__ import annotations

import json

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.urls import reverse

from accounts.choices import PURPOSES, switch_off
from accounts.mail_kinds import MailKind
from accounts.sealing import sealer

USE = "stop mail"


def stop_url(email: str, kind: MailKind) -> str:
    """Sealed, not only signed: an address has no place in a URL. It works as long as the mail is kept."""
    token = sealer(USE).encrypt(json.dumps([email.lower(), kind.purpose]).encode()).decode()
    return settings.BASE_URL + reverse("mail_stop", args=[token])


def stop(token: str) -> None:
    """Switch it off. A token that is not ours changes nothing, and nobody learns that."""
    try:
        email, purpose = json.loads(sealer(USE).decrypt(token.encode()))
    except InvalidToken:
        return
    if purpose in PURPOSES:
        switch_off(email, purpose)
