"""Whose use of a code it is: by e-mail address, as a keyed digest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.crypto import salted_hmac

if TYPE_CHECKING:
    from receipts.models import Payer

SALT = "payments.discounts.person"


def email_key(email: str) -> str:
    return salted_hmac(SALT, email.strip().casefold(), algorithm="sha256").hexdigest()


def person_key(payer: Payer) -> str:
    """The key of the payer's address, or of the payer, where there is none."""
    return email_key(payer.email or f"payer:{payer.pk}")
