"""Training's part of ``check_books``: each seat that is taken is somebody's, and who is booked has paid."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from payments.models import Payment
from training.models import Award, Enrolment, Offer, Session, Ticket


def problems() -> Iterator[str]:
    for ticket in _miscounted(Ticket.objects.all(), "ticket"):
        yield f"Ticket {ticket.pk}: {ticket.taken} seats are taken, {ticket.held + ticket.offered} are somebody's."
    for session in _miscounted(Session.objects.all(), "session"):
        yield f"Session {session.pk}: {session.taken} seats are taken, {session.held + session.offered} are somebody's."
    yield from _unpaid()


def _miscounted(rows: QuerySet, link: str) -> QuerySet:
    """Those whose count is not what people hold and what is offered to the line."""
    held = Enrolment.objects.filter(**{link: OuterRef("pk")}, holds_seat=True)
    through = "ticket" if link == "ticket" else "ticket__session"
    offered = Offer.objects.filter(**{through: OuterRef("pk")}, state=Offer.State.OPEN)
    return (
        rows.annotate(held=_total(held, link, Count("pk")), offered=_total(offered, through, Sum("seats")))
        .exclude(taken=F("held") + F("offered"))
        .order_by("pk")
    )


def _total(rows: QuerySet, link: str, what: Count | Sum) -> Coalesce:
    return Coalesce(Subquery(rows.order_by().values(link).annotate(total=what).values("total")), 0)


def _unpaid() -> Iterator[str]:
    """Whoever is booked has a payment or a bursary for what is to be paid."""
    paid = Payment.objects.filter(
        items__payable_kind="training.booking", items__payable_id=OuterRef("booking"), status=Payment.Status.PAID
    )
    award = Award.objects.filter(application__enrolment=OuterRef("pk"), ended_at=None)
    costs = Q(amount__gt=0) | Q(tax__gt=0) | Q(gift__gt=0)
    unpaid = Enrolment.objects.confirmed().filter(costs).exclude(Exists(paid)).exclude(Exists(award))
    for pk in unpaid.order_by("pk").values_list("pk", flat=True)[:20]:
        yield f"Enrolment {pk} is booked, and neither a payment nor a bursary pays for it."
