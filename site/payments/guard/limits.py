"""How much is too much. Each limit holds for every stretch of its length, wherever it begins."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

MINUTE = 60
HOUR = 60 * MINUTE


@dataclass(frozen=True)
class Limit:
    """At most ``most`` in ``seconds``, for each key of ``scope``."""

    scope: str
    most: int
    seconds: int


def address() -> Limit:
    return Limit("address", settings.GUARD_CHECKOUTS_PER_ADDRESS, 10 * MINUTE)


def session() -> Limit:
    return Limit("session", settings.GUARD_CHECKOUTS_PER_ADDRESS, 10 * MINUTE)


def email() -> Limit:
    return Limit("email", settings.GUARD_CHECKOUTS_PER_ADDRESS, 10 * MINUTE)


def site() -> Limit:
    return Limit("site", settings.GUARD_CHECKOUTS_ON_SITE, 5 * MINUTE)


def under_attack() -> Limit:
    """More tries than this while safe mode is on keep it on."""
    return Limit("under_attack", settings.GUARD_CHECKOUTS_ON_SITE, 5 * MINUTE)


FAILED_CARDS = Limit("failed", 3, 10 * MINUTE)
# What one mailed link, or one supporter who is signed in, may start while others need a mail.
PASS = Limit("pass", 3, HOUR)
SIGNED_IN = Limit("signed_in", 3, HOUR)

# Mails go to whatever address was typed, so nobody must be able to have many sent.
MAILS_TO_ONE = Limit("mails_to_one", 3, HOUR)
MAILS_FROM_ONE = Limit("mails_from_one", 6, HOUR)
MAILS = Limit("mails", 200, HOUR)
MAILS_WITHOUT_PROOF = Limit("mails_unproved", 50, HOUR)
