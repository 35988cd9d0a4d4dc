"""Booked seats without Stripe: free ones, and paid ones whose payment stands in the books."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from payments.booking import book_paid
from payments.models import Payment, PaymentItem, PaymentLine
from receipts.models import Issuer, Payer
from receipts.payers import find_or_create_payer
from training.models import Booking, Enrolment, RefundRules, RefundStep, Session, Ticket


def a_payer(email: str = "tess@example.org", **fields: Any) -> Payer:
    return find_or_create_payer(kind="person", **{"name": "Tess Tanaka", "email": email, **fields})


def a_booking(ticket: Ticket, seats: int = 1, *, payer: Payer | None = None, **fields: Any) -> Booking:
    """Seats that are booked and paid for, as the basket writes them; the money lies in the books and at no Stripe."""
    payer = payer or a_payer()
    booking = Booking.objects.create(payer=payer, email=payer.email, language=payer.language, currency="USD")
    who = {"shown_as": payer.name, "email": payer.email, "user": payer.user} if seats == 1 else {}
    amount = ticket.price - ticket.gift_in(ticket.price)
    for _ in range(seats):
        Enrolment.objects.create(
            booking=booking, session=ticket.session, ticket=ticket, currency="USD", price=ticket.price,
            **{"amount": amount, "gift": ticket.gift_in(ticket.price), **who, **fields},
        )  # fmt: skip
    if any(seat.paid for seat in booking.enrolments.all()):
        pay(booking)
    else:
        booking.pending()
        booking.paid(None)
    booking.refresh_from_db()
    return booking


def pay(booking: Booking) -> Payment:
    Issuer.objects.update_or_create(defaults={"jurisdiction": "US", "legal_name": "Harbour Light"})
    lines = list(booking.lines())
    payment = Payment.objects.create(
        payer=booking.payer, amount=sum(line.amount + line.tax for line in lines), currency="USD", terms="x",
        livemode=False, idempotency_key=f"k{booking.pk}", charge_id=f"ch_{booking.pk}",
        payment_intent_id=f"pi_{booking.pk}",
    )  # fmt: skip
    item = PaymentItem.objects.create(payment=payment, payable_kind="training.booking", payable_id=booking.pk)
    PaymentLine.objects.bulk_create(PaymentLine(payment=payment, item=item, **line.values()) for line in lines)
    booking.pending()
    book_paid(payment, reference=f"stripe:ch_{booking.pk}", occurred_at=timezone.now())
    return payment


def the_seat(booking: Booking) -> Enrolment:
    return booking.enrolments.select_related("session__page__refund_rules", "ticket", "booking").get()


def rules_for(session: Session, *steps: tuple[int, int], move_days: int | None = None) -> RefundRules:
    """Of these steps: from so many days before on, so many percent."""
    rules = RefundRules.objects.create(name="Rules", move_days=move_days)
    for days, percent in steps:
        RefundStep.objects.create(rules=rules, days_before=days, percent=percent)
    page = session.page
    page.refund_rules = rules
    page.save()
    return rules
