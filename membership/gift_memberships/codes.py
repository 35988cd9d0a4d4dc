"""Redeem codes: short enough to write on a card, too many to guess, and in no table.

A code is worked out from the gift's public id and the site's secret key, so that the giver can see it again; what is
stored is a digest, by which a typed code is found.
"""

from __future__ import annotations

import re
from uuid import UUID

from django.utils.crypto import salted_hmac

# Without the letters and digits that people confuse: 32 of them, so that twelve hold 60 bits.
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
LENGTH, GROUP = 12, 4
NO_CODE = re.compile(r"[^A-Z0-9]")


def code_of(public_id: UUID) -> str:
    """ "ABCD-EFGH-JKLM"."""
    digest = salted_hmac("membership.redeem_code", str(public_id), algorithm="sha256").digest()
    letters = "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:LENGTH])
    return "-".join(letters[place : place + GROUP] for place in range(0, LENGTH, GROUP))


def digest_of(typed: str) -> str:
    """By which a code is found, however it was typed: small letters, blanks and dashes do not matter."""
    letters = NO_CODE.sub("", typed.upper().replace("0", "O").replace("1", "I"))
    return salted_hmac("membership.redeem_digest", letters, algorithm="sha256").hexdigest()
