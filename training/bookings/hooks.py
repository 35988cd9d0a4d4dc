"""What bookings give to the rest: mails, reminders, a part of "My account", what staff find and see of a supporter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.db.models import F, Model
from django.http import HttpRequest
from wagtail import hooks

from accounts.mail_kinds import MailKind
from accounts.privacy import Person, Table
from accounts.sections import AccountSection
from pages.models import SiteDocument
from payments.payables import Payable
from receipts.history import HistoryItem
from receipts.models import Payer
from training import privacy
from training.bookings import account, reminding
from training.bookings.history import bookings_history, payers_with_number
from training.bookings.links import booking_path
from training.bookings.mail_kinds import booking_mail_kinds
from training.bookings.replay import is_a_replay
from training.models import Application, Booking, Enrolment
from training.seats import checks


@hooks.register("register_mails")
def mails() -> list[MailKind]:
    return booking_mail_kinds()


@hooks.register("scheduled_jobs")
def jobs() -> list[tuple[str, timedelta, Callable[[], Any]]]:
    return [("training.remind", timedelta(minutes=5), reminding.remind_all)]


@hooks.register("payer_changed")
def follow_the_address(payer: Payer) -> None:
    """What was mailed to an old address opens nothing more, and what is still to be told goes to the new one."""
    if not payer.email:
        return
    moved = Booking.objects.filter(payer=payer).exclude(email__in=["", payer.email])
    # Who paid the rest of a bursary need not be the applicant, whose booking it is.
    moved = moved.exclude(
        pk__in=Enrolment.objects.filter(booking__in=moved, application__isnull=False).values("booking")
    )
    own = Enrolment.objects.filter(booking__in=moved, email=F("booking__email")).values_list("pk", flat=True)
    Enrolment.objects.filter(pk__in=list(own)).update(email=payer.email)
    moved.update(email=payer.email)


@hooks.register("account_sections")
def account_section(request: HttpRequest) -> AccountSection | None:
    return account.section(request)


@hooks.register("paid_links")
def see_the_booking(payables: Sequence[Payable]) -> list[tuple[str, str]]:
    """Whoever paid the rest of a bursary for somebody learns nothing of their seat."""
    bookings = [one for one in payables if isinstance(one, Booking) and one.state == Booking.State.PAID]
    own = [one for one in bookings if not one.enrolments.filter(application__isnull=False).exists()]
    return [(f"See booking {one.number}", booking_path(one)) for one in own]


@hooks.register("supporter_history")
def history(payers: Sequence[Payer]) -> Iterable[HistoryItem]:
    return bookings_history(payers)


@hooks.register("find_payers")
def find_by_number(text: str) -> Iterable[int]:
    return payers_with_number(text)


@hooks.register("keeps_document")
def keeps(document: SiteDocument) -> bool:
    return is_a_replay(document)


@hooks.register("check_books")
def problems() -> Iterable[str]:
    return checks.problems()


@hooks.register("sealed_fields")
def what_is_sealed() -> list[tuple[type[Model], str]]:
    """A new key opens these as well, before an old one is thrown away."""
    return [(Enrolment, "sealed_person"), (Application, "sealed_words")]


@hooks.register("export_person")
def tables(person: Person) -> Iterable[Table]:
    return privacy.export(person)


@hooks.register("erase_person")
def forget_person(person: Person) -> None:
    privacy.erase(person)


@hooks.register("erasure_notes")
def what_is_still_booked(person: Person) -> Iterable[str]:
    return privacy.notes(person)
