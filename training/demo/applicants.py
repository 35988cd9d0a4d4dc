"""People of the demo who apply for bursaries: some have their seat, the rest wait for an answer."""

from __future__ import annotations

from django.utils import timezone

from payments.goods import NotAvailable
from training.bursaries.applying import Asked, apply, free_tickets, problem_of
from training.bursaries.awards import free_in
from training.bursaries.deciding import approve
from training.models import Application, BursarySettings, Session

WAITING = 2
# Name, another name for lists, what they can pay (in hundredths of the price), what they wrote.
PEOPLE = (
    ("Adaeze Bello", "", 0, ""),
    ("Milena Horvat", "Mila", 10, "I start work at nine, so evenings are best for me."),
    ("Noor Haddad", "", 0, ""),
    ("Teresa Villar", "Tess V.", 0, "I have sewn at home for years and would like to sell what I make."),
    ("Joy Osaze", "", 0, ""),
    ("Lan Pham", "Rose", 20, ""),
    ("Irina Petrov", "", 0, "I can come on every day but the second."),
)


def end_history() -> None:
    """The fund pays as many seats as it can; who is last waits for the team."""
    for session in Session.objects.filter(takes_applications=True).select_related("page"):
        if not problem_of(session, timezone.now()):
            return _apply_all(session)


def _apply_all(session: Session) -> None:
    ticket = free_tickets(session)[0]
    price = ticket.price_at(timezone.now())
    for name, alias, percent, words in PEOPLE:
        email = f"{name.split()[0].lower()}@example.org"
        can_pay = price // 100 * percent
        try:
            apply(Asked(ticket=ticket, name=name, alias=alias, email=email, can_pay=can_pay, words=words))
        except NotAvailable:
            return
    applications = Application.objects.filter(enrolment__session=session).order_by("pk")
    for application in applications[: len(PEOPLE) - WAITING]:
        _approve_if_there_is_enough(application)


def _approve_if_there_is_enough(application: Application) -> None:
    fund, price = BursarySettings.load().fund, application.enrolment.price
    if fund and price <= free_in(fund, application.enrolment.currency):
        approve(application, price, version=application.version, by=None, answer="Welcome! We look forward to it.")
