"""Who takes part: under their name, or under an alias that nobody can tell from one."""

from __future__ import annotations

from datetime import timedelta

from django.core.cache import cache
from django.db import transaction

from training.bookings import mails
from training.models import Enrolment

# A seat is given to somebody else now and then; more than that is a way to write to strangers.
ADDRESSES_A_DAY = 5
DAY = timedelta(days=1).total_seconds()


class TooManyAddresses(Exception):
    """Nothing was written down: this seat was given to one address after another."""


@transaction.atomic
def name_seat(enrolment: Enrolment, *, name: str, alias: str = "", email: str | None = None) -> None:
    """Say who sits there. A name behind an alias is sealed; without one typed, the sealed one stays.

    ``email`` is the address of who takes part (None leaves it): a new one is mailed its own link, and the old one's
    link is dead. Raises TooManyAddresses.
    """
    changed = ["shown_as", "sealed_person"]
    enrolment.shown_as = alias or name
    if name:
        enrolment.person = name if alias else ""
    if email is not None and email.casefold() != enrolment.email.casefold():
        _count_address(enrolment)
        enrolment.email, enrolment.user = email, None
        changed += ["email", "user"]
    enrolment.save(update_fields=changed)
    if "email" in changed and not mails.is_bookers_own(enrolment):
        mails.seat_yours(enrolment)


def _count_address(enrolment: Enrolment) -> None:
    key = f"training.naming:{enrolment.pk}"
    cache.add(key, 0, DAY)
    if cache.incr(key) > ADDRESSES_A_DAY:
        raise TooManyAddresses
