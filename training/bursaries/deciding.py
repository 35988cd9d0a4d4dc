"""What staff decide on an application, and what the applicant says to it. Of two at once, one wins and one is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from payments.models import TaxSettings
from payments.tax.reckoning import Taxable, Taxed, tax_on
from training.bursaries import awards, mails
from training.bursaries.keeping import let_go
from training.models import Application, BursarySettings, Enrolment

State = Application.State


class Changed(Exception):
    """It is not what was looked at: answered, decided or withdrawn meanwhile."""


@transaction.atomic
def ask_more(application: Application, question: str, *, version: int, by: Any) -> None:
    _move(application, version, [State.SUBMITTED], state=State.MORE, answer=question)
    mails.news(application)


@transaction.atomic
def answer_question(application: Application, words: str) -> None:
    """The applicant's own answer; it is looked at again. Raises Changed."""
    application.words = f"{application.words}\n\n{words}".strip()
    _move(application, application.version, [State.MORE], state=State.SUBMITTED, sealed_words=application.sealed_words)


@transaction.atomic
def approve(
    application: Application, amount: int, *, version: int, by: Any, answer: str = "", override_reason: str = ""
) -> None:
    """The bursary pays so much of the price: all of it books the seat, of a part the applicant pays the rest.

    Raises Changed and awards.FundTooSmall; then nothing is written.
    """
    enrolment = application.enrolment
    rest = enrolment.price - amount
    fund = BursarySettings.load().fund
    if rest < 0 or amount < 1 or fund is None:
        raise ValueError("A bursary pays some of the price, and at most all of it.")
    _decide(application, State.APPROVED, version, by, answer=answer, pay_until=_pay_until(enrolment) if rest else None)
    awards.promise(application, fund, amount, by=by, override_reason=override_reason)
    if rest:
        _leave_to_pay(enrolment, rest)
    else:
        _book(enrolment)
    mails.news(application)


@transaction.atomic
def decline(application: Application, *, version: int, by: Any, answer: str = "") -> None:
    """Raises Changed."""
    _decide(application, State.DECLINED, version, by, answer=answer)
    _free(application.enrolment, Enrolment.Ended.BY_STAFF)
    mails.news(application)


@transaction.atomic
def withdraw(application: Application) -> None:
    """The applicant does not want it any more: before it is decided, or before the rest is paid. Raises Changed."""
    _move(application, application.version, [*Application.OPEN, State.APPROVED], state=State.WITHDRAWN)
    _free(application.enrolment, Enrolment.Ended.BY_TRAINEE)


def _decide(application: Application, state: str, version: int, by: Any, **changes: Any) -> None:
    _move(application, version, Application.OPEN, state=state, decided_by=by, decided_at=timezone.now(), **changes)


def _move(application: Application, version: int, states: Any, **changes: Any) -> None:
    mine = Application.objects.filter(pk=application.pk, version=version, state__in=states)
    if not mine.update(version=F("version") + 1, **changes):
        raise Changed
    application.refresh_from_db()


def _free(enrolment: Enrolment, ended: str) -> None:
    if not let_go(enrolment, ended=ended):
        raise Changed


def _pay_until(enrolment: Enrolment) -> Any:
    """In time for somebody else to have the seat before the session begins."""
    until = timezone.now() + timedelta(days=BursarySettings.load().pay_days)
    return min(until, enrolment.session.starts_at or until)


def _leave_to_pay(enrolment: Enrolment, rest: int) -> None:
    """What stands on the seat from now on is its rest: no list and no invoice tells that there was more."""
    taxed = rest_with_tax(enrolment, rest)
    kept = Enrolment.objects.filter(pk=enrolment.pk, state=Enrolment.State.KEPT)
    if not kept.update(price=rest, amount=taxed.net, tax=taxed.tax, taxes=list(taxed.taxes)):
        raise Changed
    enrolment.refresh_from_db()


def rest_with_tax(enrolment: Enrolment, rest: int) -> Taxed:
    """Taxed where we are: an applicant is not asked where they live."""
    here = TaxSettings.load()
    asked = Taxable(category=enrolment.session.page.tax_category, amount=rest, currency=enrolment.currency)
    if not asked.category:
        return Taxed(net=rest, tax=0)
    (taxed,) = tax_on(
        [asked], country=str(here.ships_from), region=here.ships_from_region, on=timezone.localdate(),
        includes_tax=here.includes_tax,
    )  # fmt: skip
    return taxed


def _book(enrolment: Enrolment) -> None:
    kept = Enrolment.objects.filter(pk=enrolment.pk, state=Enrolment.State.KEPT, holds_seat=True)
    if not kept.update(state=Enrolment.State.CONFIRMED, confirmed_at=timezone.now(), price=0):
        raise Changed
    awards.release(enrolment)
    enrolment.refresh_from_db()
