"""Seats that people have: what one checkout bought (a booking), and one row for each seat (an enrolment)."""

from __future__ import annotations

import secrets
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from pages.sealing import open_sealed, seal
from training.bookings.payable import PayableBooking
from training.models.refund_rules import RefundRules

# Without letters and figures that are mistaken for each other when somebody reads them out.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_number() -> str:
    """Not counted up: a number tells nobody how many we teach, and nobody can guess another's."""
    return "".join(secrets.choice(ALPHABET) for _ in range(8))


class Booking(PayableBooking, models.Model):
    """Seats sold in one checkout. Who books need not be who takes part."""

    class State(models.TextChoices):
        UNPAID = "unpaid", "Waiting for payment"
        LAPSED = "lapsed", "Not paid"
        PAID = "paid", "Booked"
        # Paid after its hold was released, when no seat was left: the money goes back by itself.
        UNFILLABLE = "unfillable", "Full, refunded"

    NOT_PLACED = (State.UNPAID, State.LAPSED)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(max_length=12, unique=True, default=new_number, editable=False)
    payer = models.ForeignKey("receipts.Payer", on_delete=models.PROTECT, related_name="bookings")
    state = models.CharField(max_length=10, choices=State, default=State.UNPAID)
    # Whether its seats are set apart, so that they are given back exactly once.
    holds_seats = models.BooleanField(default=False)
    currency = models.CharField(max_length=3)
    email = models.EmailField()
    language = models.CharField(max_length=10, default="en")
    created_at = models.DateTimeField(default=timezone.now)
    placed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["unpaid", "lapsed"]) | Q(placed_at__isnull=False),
                name="a_placed_booking_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"Booking {self.number}"

    @property
    def is_placed(self) -> bool:
        return self.state not in self.NOT_PLACED


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    def confirmed(self) -> EnrolmentQuerySet:
        return self.filter(state=Enrolment.State.CONFIRMED)


class Enrolment(models.Model):
    """One seat of one person. Amounts are minor units of ``currency``: ``amount`` and ``gift`` are without tax.

    Lists, mails and certificates say ``shown_as``: the trainee's name or the alias they chose, and nobody can tell
    which. A name behind an alias is sealed (``person``), and a look at it is written down (``training.private``).
    """

    class State(models.TextChoices):
        HELD = "held", "At the checkout"
        LAPSED = "lapsed", "Not paid"
        # While an application for a bursary is looked at, or its rest is to be paid.
        KEPT = "kept", "Kept"
        CONFIRMED = "confirmed", "Booked"
        CANCELLED = "cancelled", "Cancelled"
        UNFILLABLE = "unfillable", "Full, refunded"

    HAS_SEAT = (State.HELD, State.KEPT, State.CONFIRMED)

    class Ended(models.TextChoices):
        BY_TRAINEE = "trainee", "By who booked it"
        BY_STAFF = "staff", "By us"
        SESSION = "session", "The session was cancelled"
        MONEY_BACK = "money_back", "The money went back"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    session = models.ForeignKey("training.Session", on_delete=models.PROTECT, related_name="enrolments")
    ticket = models.ForeignKey("training.Ticket", on_delete=models.PROTECT, related_name="enrolments")
    # Without one: a seat that nobody paid for, by a whole bursary or given by staff.
    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, null=True, related_name="enrolments")
    offer = models.ForeignKey("training.Offer", on_delete=models.SET_NULL, null=True, related_name="enrolments")
    state = models.CharField(max_length=10, choices=State, default=State.HELD)
    holds_seat = models.BooleanField(default=False)

    currency = models.CharField(max_length=3)
    # As the page said, before a discount.
    price = models.BigIntegerField(default=0)
    discount = models.BigIntegerField(default=0)
    amount = models.BigIntegerField(default=0)
    tax = models.BigIntegerField(default=0)
    # {"name", "rate", "amount"}: they sum to ``tax``.
    taxes = models.JSONField(default=list)
    gift = models.BigIntegerField(default=0)
    # The refund rules as they were shown before it was paid (``RefundRules.as_facts``). Without: those of the page.
    kept_rules = models.JSONField(null=True)

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="enrolments")
    shown_as = models.CharField("name on lists", max_length=120, blank=True)
    sealed_person = models.TextField(blank=True, editable=False)
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=10, default="en")

    created_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    ended = models.CharField(max_length=10, choices=Ended, blank=True)
    moved_from = models.ForeignKey("training.Session", on_delete=models.PROTECT, null=True, related_name="+")
    # When everything that the certificate asks for was done.
    completed_at = models.DateTimeField(null=True)

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        permissions = [
            ("see_trainee", "Can see who is behind an alias"),
            ("export_enrolment", "Can export who takes part"),
            ("mark_attendance", "Can say who was there"),
            ("view_trainingreport", "Can see the reports of training"),
        ]
        indexes = [
            models.Index(fields=["session", "state"], name="enrolments_of_a_session"),
            models.Index(fields=["user"], condition=Q(user__isnull=False), name="enrolments_of_a_user"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(price__gte=0, discount__gte=0, amount__gte=0, tax__gte=0, gift__gte=0),
                name="enrolment_amounts_are_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(holds_seat=False) | Q(state__in=["held", "kept", "confirmed"]),
                name="only_who_takes_part_holds_a_seat",
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(holds_seat=True, confirmed_at__isnull=False),
                name="who_is_booked_holds_a_seat",
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | Q(cancelled_at__isnull=False), name="a_cancelled_enrolment_says_when"
            ),
            # Nobody keeps a second seat of a session by asking again.
            models.UniqueConstraint(
                fields=["session", "email"],
                condition=Q(state="kept") & ~Q(email=""),
                name="one_seat_is_kept_per_address_and_session",
            ),
        ]

    def __str__(self) -> str:
        # Without a name: this stands in logs.
        return f"Enrolment {self.pk}"

    @property
    def subject(self) -> str:
        """What the books know its fee by."""
        return f"enrolment:{self.pk}"

    @property
    def gift_subject(self) -> str:
        return f"enrolmentgift:{self.pk}"

    @property
    def rules(self) -> RefundRules | None:
        """By which it is given up or moved: what staff change afterwards counts for who books afterwards."""
        return self.session.page.refund_rules if self.kept_rules is None else RefundRules.from_facts(self.kept_rules)

    @property
    def paid(self) -> int:
        """What was to be paid for it, tax and gift in it."""
        return self.amount + self.tax + self.gift

    @property
    def is_confirmed(self) -> bool:
        return self.state == self.State.CONFIRMED

    @property
    def person(self) -> str:
        """The name behind an alias; empty where none is kept. Ask ``training.private.see_person`` instead."""
        return open_sealed(self.sealed_person) if self.sealed_person else ""

    @person.setter
    def person(self, name: str) -> None:
        self.sealed_person = seal(name) if name else ""
