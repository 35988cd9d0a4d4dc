"""Which mails somebody wants, beside those that a payment or an account needs.

Kept by address, so that it works for people who never signed in. Nothing here is on until somebody chose it, with one
exception: news of what one's own gift does, which answers something the person did, asks for nothing and can be
stopped by one click in every mail.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.encoding import force_str

from accounts.models import MailChoice

How = MailChoice.How


@dataclass(frozen=True, kw_only=True)
class Purpose:
    """A kind of mail that may be refused."""

    key: str
    label: str
    help_text: str
    # Where nothing was chosen.
    is_on: bool = False


PURPOSES = {
    purpose.key: purpose
    for purpose in (
        Purpose(
            key="gift_updates",
            label="What my gift does",
            help_text="A thank-you, and how a campaign that you gave to goes on. We ask for nothing in these.",
            is_on=True,
        ),
        Purpose(key="news", label="News", help_text="What happens here, a few times a year."),
        Purpose(
            key="upgrade_asks",
            label="Giving more",
            help_text="Now and then the question whether you can give a little more than you do.",
        ),
        Purpose(
            key="second_gift",
            label="A reminder to give again",
            help_text="One mail, some time after a single gift.",
        ),
    )
}


def wants(email: str, purpose: str) -> bool:
    """Whether this address may be written to for this purpose. A purpose that nobody knows is never wanted."""
    return purpose in PURPOSES and choices_of(email)[purpose]


def choices_of(email: str) -> dict[str, bool]:
    """Every purpose and whether the address wants it."""
    stored = dict(MailChoice.objects.filter(email__in=_kept_as(email)).values_list("purpose", "wanted"))
    return {key: stored.get(key, purpose.is_on) for key, purpose in PURPOSES.items()}


@transaction.atomic
def save_choices(emails: Iterable[str], wanted: Mapping[str, bool], how: str) -> None:
    """Write down what was chosen for these addresses, and how it was said: that is what proves a consent."""
    for email in emails:
        for purpose, is_wanted in wanted.items():
            _write(email, purpose, is_wanted, how)


def switch_on(email: str, purpose: str, how: str = How.FORM) -> None:
    _write(email, purpose, True, how)


def switch_off(email: str, purpose: str, how: str = How.LINK) -> None:
    """What the link in a mail does, without signing in."""
    _write(email, purpose, False, how)


@transaction.atomic
def take_along(old: str, new: str) -> None:
    """Somebody's address changed. What was refused under either of the two stays refused."""
    refused = set(MailChoice.objects.filter(email=_lower(new), wanted=False).values_list("purpose", flat=True))
    for choice in MailChoice.objects.filter(email=_lower(old), purpose__in=PURPOSES):
        _write(new, choice.purpose, choice.wanted and choice.purpose not in refused, How.ADDRESS)
    MailChoice.objects.filter(email=_lower(old)).delete()


@transaction.atomic
def suppress(email: str) -> None:
    """Forget an address and never write to it again unasked: what is kept can't be read back as an address."""
    MailChoice.objects.filter(email__in=_kept_as(email)).delete()
    MailChoice.objects.bulk_create(
        MailChoice(email=_digests(email)[0], purpose=purpose, wanted=False, how=How.ERASED) for purpose in PURPOSES
    )


def may_mail(email: str, kind: Any) -> bool:
    """The hook ``may_mail``: a kind of mail that is no service names the purpose that it serves."""
    return bool(kind.is_service) or wants(email, getattr(kind, "purpose", ""))


def _write(email: str, purpose: str, wanted: bool, how: str) -> None:
    if purpose not in PURPOSES:
        raise ValueError(f"No such purpose: {purpose}")
    # Whoever chooses again after having been erased is known by address again.
    MailChoice.objects.filter(email__in=_digests(email), purpose=purpose).delete()
    MailChoice.objects.update_or_create(
        email=_lower(email), purpose=purpose, defaults={"wanted": wanted, "how": how, "changed_at": timezone.now()}
    )


def _lower(email: str) -> str:
    return email.strip().lower()


def _kept_as(email: str) -> list[str]:
    return [_lower(email), *_digests(email)]


def _digests(email: str) -> list[str]:
    """A keyed digest of the address by today's secret, and by those before it, so that it can be changed."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [
        salted_hmac("accounts.choices", _lower(email), secret=force_str(secret), algorithm="sha256").hexdigest()
        for secret in secrets
    ]
