"""Proof of work: a number that only trying out can find. The browser tries, unseen; checking it is one hash.

The scheme is ALTCHA's (hash of salt and number), so a search has an end, unlike one for leading zeros. Its library is
not used: its widget is a box to tick that writes inline style, which our policy forbids, and it notes what was used
in the cache, where two requests at once both find nothing.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core import signing
from django.utils.crypto import constant_time_compare

from payments.models import SpentProof

SALT = "payments.guard.proof"
GOOD_FOR = 15 * 60
# The numbers to try: about a second's work for a laptop, a few for an old phone. It doubles up to this often.
NUMBERS = 50_000
MOST_DOUBLINGS = 4


@dataclass(frozen=True, kw_only=True)
class Challenge:
    token: str
    salt: str
    target: str
    numbers: int


def new_challenge(purpose: str, *, doublings: int = 0) -> Challenge:
    """A challenge for one purpose: the address of a form and who is filling it in."""
    numbers = NUMBERS * 2 ** min(doublings, MOST_DOUBLINGS)
    salt = secrets.token_hex(16)
    target = _hash(salt, secrets.randbelow(numbers))
    token = signing.dumps({"salt": salt, "target": target, "for": _digest(purpose)}, salt=SALT)
    return Challenge(token=token, salt=salt, target=target, numbers=numbers)


def spend(token: str, answer: str, *, purpose: str, now: datetime) -> bool:
    """Accept a proof, once."""
    challenge = _read(token)
    if challenge is None or not constant_time_compare(challenge["for"], _digest(purpose)):
        return False
    if not (answer.isascii() and answer.isdigit() and len(answer) <= 10):
        return False
    if not constant_time_compare(_hash(challenge["salt"], int(answer)), challenge["target"]):
        return False
    _, is_new = SpentProof.objects.get_or_create(salt=challenge["salt"], defaults={"spent_at": now})
    return is_new


def _read(token: str) -> dict[str, Any] | None:
    try:
        challenge: dict[str, Any] = signing.loads(token, salt=SALT, max_age=GOOD_FOR)
    except signing.BadSignature:
        return None
    return challenge


def _hash(salt: str, number: int) -> str:
    return hashlib.sha256(f"{salt}{number}".encode()).hexdigest()


def _digest(purpose: str) -> str:
    return hashlib.sha256(purpose.encode()).hexdigest()
