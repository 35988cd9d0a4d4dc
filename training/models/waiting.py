"""The waiting list of a session: who waits for how many seats, and the seats they were offered."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class WaitingEntry(models.Model):
    """Somebody's place in the line. First come, first served: by ``since``, then by key."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        # Seats are kept for them until they answer; nobody behind them waits for that.
        OFFERED = "offered", "Has an offer"
        # All that was asked for was offered and taken.
        SERVED = "served", "Has a seat"
        LEFT = "left", "Left the list"
        # Had an offer and did not want it, or let it pass.
        PASSED = "passed", "Did not take the offer"
        CLOSED = "closed", "Too late"

    IN_LINE = (State.WAITING, State.OFFERED)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    ticket = models.ForeignKey("training.Ticket", on_delete=models.PROTECT, related_name="waiting")
    session = models.ForeignKey("training.Session", on_delete=models.PROTECT, related_name="waiting")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    name = models.CharField(max_length=120)
    email = models.EmailField()
    language = models.CharField(max_length=10, default="en")
    # How many seats they still wait for.
    wanted = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["since", "pk"]
        verbose_name_plural = "waiting entries"
        indexes = [models.Index(fields=["session", "since"], condition=Q(state="waiting"), name="who_waits_first")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["waiting", "offered"]) | Q(wanted__gt=0), name="who_waits_waits_for_something"
            ),
            models.UniqueConstraint(
                fields=["ticket", "email"],
                condition=Q(state__in=["waiting", "offered"]),
                name="an_address_waits_once_for_a_ticket",
            ),
        ]

    def __str__(self) -> str:
        return f"Waiting entry {self.pk}"


class Offer(models.Model):
    """Seats that are kept for somebody who waited, until they take them, decline, or the time is over."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        # Its seats are those of a booking now, at the checkout or paid.
        TAKEN = "taken", "Taken"
        DECLINED = "declined", "Declined"
        EXPIRED = "expired", "Not answered in time"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    entry = models.ForeignKey(WaitingEntry, on_delete=models.PROTECT, related_name="offers")
    ticket = models.ForeignKey("training.Ticket", on_delete=models.PROTECT, related_name="offers")
    seats = models.PositiveSmallIntegerField()
    until = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    made_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["until"], condition=Q(state="open"), name="offers_to_expire")]
        constraints = [
            models.CheckConstraint(condition=Q(seats__gt=0), name="an_offer_is_of_seats"),
            models.UniqueConstraint(fields=["entry"], condition=Q(state="open"), name="one_open_offer_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"Offer {self.pk}"
