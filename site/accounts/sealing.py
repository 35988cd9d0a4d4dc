"""Encryption with keys made of SECRET_KEY and of those before it, so that it can be changed without losing anything."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.utils.encoding import force_str


def sealer(use: str) -> MultiFernet:
    """Keys for this use alone: what was sealed for one cannot be opened as another."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [hashlib.sha256(f"{use}:{force_str(secret)}".encode()).digest() for secret in secrets]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
