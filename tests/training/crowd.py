"""What one of many does at once (``tests.at_once``)."""

from __future__ import annotations

from payments import checkout
from payments.goods import Buyer, NotAvailable, Ordered, Priced, Wanted
from receipts.models import Payer
from tests.at_once import pay
from training.bookings.placing import place_booking
from training.bursaries.awards import FundTooSmall
from training.bursaries.deciding import Changed, approve
from training.models import Application, Booking, Ticket
from training.waiting.serving import serve


def a_booking(payer: Payer, ticket: Ticket, seats: int = 1) -> Booking:
    priced = Priced(reference=str(ticket.pk), title="Seat", unit_amount=ticket.price)
    wanted = Wanted(reference=str(ticket.pk), quantity=seats)
    row = Ordered(wanted=wanted, priced=priced, discount=0, net=ticket.price * seats, tax=0)
    return place_booking([row], Buyer(payer=payer, email=payer.email), "USD")


def enrol(who: str) -> str:
    """Book a seat, go to Stripe's page and pay there: whatever somebody does who is told nothing else."""
    payer, ticket = (int(key) for key in who.split(":"))
    booking = a_booking(Payer.objects.get(pk=payer), Ticket.objects.get(pk=ticket))
    try:
        payment = checkout.start(payer=booking.payer, payables=[booking], cancel_path="/")
    except NotAvailable as refused:
        return str(refused)
    return pay(str(payment.pk))


def serve_the_line(who: str) -> str:
    return str(serve(int(who)))


def approve_whole(who: str) -> str:
    """Award the whole price to an application, as somebody of the team does who has just read it."""
    application = Application.objects.select_related("enrolment").get(pk=int(who))
    try:
        approve(application, application.enrolment.price, version=1, by=None)
    except (FundTooSmall, Changed) as refused:
        return type(refused).__name__
    return "approved"
