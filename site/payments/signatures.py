"""Whether an event really comes from Stripe: the signature over the body exactly as it arrived."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

import stripe
from django.conf import settings
from django.utils import timezone
from django.utils.dateparse import parse_datetime

# Seconds that a signature stays good, as in Stripe's own libraries.
TOLERANCE = 300


class Verdict(Enum):
    GENUINE = "genuine"
    STALE = "stale"
    FORGED = "forged"


@dataclass(frozen=True)
class Secret:
    """A signing secret, and until when it is taken while it is being replaced."""

    text: str
    until: datetime | None = None

    def is_good(self, at: datetime) -> bool:
        return self.until is None or at < self.until


class BadSecret(ValueError):
    """A webhook secret that can't be one; the message says what to write."""


def read_secrets(text: str) -> list[Secret]:
    """Read ``whsec_new, whsec_old until 2026-12-01T00:00:00+00:00``. Blank or malformed parts raise BadSecret."""
    secrets = [_read_secret(part.strip()) for part in text.split(",")]
    if not secrets:
        raise BadSecret("No webhook secret is set.")
    return secrets


def _read_secret(part: str) -> Secret:
    name, _, until_text = part.partition(" until ")
    name = name.strip()
    if not name.startswith("whsec_") or len(name) < 12 or " " in name:
        raise BadSecret("A webhook secret starts with whsec_ and is longer than that; separate several by commas.")
    if not until_text:
        return Secret(name)
    until = parse_datetime(until_text.strip())
    if until is None or until.tzinfo is None:
        raise BadSecret("After 'until' write a date with its zone, such as 2026-12-01T00:00:00+00:00.")
    return Secret(name, until)


def judge(body: bytes, header: str) -> Verdict:
    """Judge a body by its ``Stripe-Signature`` header against every secret that is still good."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return Verdict.FORGED
    now = timezone.now()
    secrets = [secret.text for secret in read_secrets(settings.STRIPE_WEBHOOK_SECRETS) if secret.is_good(now)]
    if any(_verifies(text, header, secret, TOLERANCE) for secret in secrets):
        return Verdict.GENUINE
    if any(_verifies(text, header, secret, None) for secret in secrets):
        return Verdict.STALE
    return Verdict.FORGED


def _verifies(text: str, header: str, secret: str, tolerance: int | None) -> bool:
    try:
        stripe.WebhookSignature.verify_header(text, header, secret, tolerance)
    except (stripe.SignatureVerificationError, ValueError):
        return False
    return True
