"""Who takes part: under their name, or under an alias that nobody can tell from one."""

from __future__ import annotations

from django.db import transaction

from training.bookings import mails
from training.models import Enrolment


@transaction.atomic
def name_seat(enrolment: Enrolment, *, name: str, alias: str = "", email: str | None = None) -> None:
    """Say who sits there. A name behind an alias is sealed; without one typed, the sealed one stays.

    ``email`` is the address of who takes part (None leaves it): a new one is mailed its own link, and the old one's
    link is dead.
    """
    changed = ["shown_as", "sealed_person"]
    enrolment.shown_as = alias or name
    if name:
        enrolment.person = name if alias else ""
    if email is not None and email.casefold() != enrolment.email.casefold():
        enrolment.email, enrolment.user = email, None
        changed += ["email", "user"]
    enrolment.save(update_fields=changed)
    if "email" in changed and not mails.is_bookers_own(enrolment):
        mails.seat_yours(enrolment)
