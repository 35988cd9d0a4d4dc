"""What must not be readable in a dump of the database: sealed with a key that lies in the environment.

``CONSENT_KEYS`` holds such keys, the newest first; without them they are made of ``SECRET_KEY`` and those before it.
Words that no key opens stay closed: they are never shown as something else.
"""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class NoKeyFits(Exception):
    """Sealed with a key that is not here any more."""


def seal(words: str) -> str:
    return _keys().encrypt(words.encode()).decode()


def open_sealed(sealed: str) -> str:
    """Raises NoKeyFits."""
    try:
        return _keys().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise NoKeyFits from error


def seal_anew(sealed: str) -> str:
    """The same words under the newest key. Raises NoKeyFits."""
    try:
        return _keys().rotate(sealed.encode()).decode()
    except InvalidToken as error:
        raise NoKeyFits from error


def _keys() -> MultiFernet:
    # The site's own last: what was sealed before somebody set CONSENT_KEYS stays readable.
    secrets = [*settings.CONSENT_KEYS, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [hashlib.sha256(f"pages.consent:{secret}".encode()).digest() for secret in secrets]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
