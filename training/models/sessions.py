"""When a course or an event takes place, who teaches, and what a seat costs.

``taken`` counts the seats that are somebody's: paid, at the checkout, offered to the waiting list, or kept while an
application is looked at. It changes by conditional updates alone (``training.seats``), so it is never above ``seats``.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from pages.member_group import MemberGroupField
from payments.card_amounts import StoredCardAmountField
from receipts.amounts import StoredAmountField

# Stripe takes at most eight digits of minor units in one payment.
MOST = 99_999_999
MOST_SEATS = 100_000


class Trainer(models.Model):
    """Somebody who teaches. With a log-in they see their own sessions, and no others."""

    name = models.CharField(max_length=120, help_text="As it stands on pages and certificates.")
    about = models.TextField(blank=True, max_length=600)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="trainer"
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class SessionQuerySet(models.QuerySet["Session"]):
    def shown(self) -> SessionQuerySet:
        """What the public may know of."""
        return self.exclude(state=Session.State.DRAFT)

    def upcoming(self, at: datetime) -> SessionQuerySet:
        return self.filter(ends_at__gt=at)

    def of_trainer(self, user: object) -> SessionQuerySet:
        return self.filter(trainers__user=user)


class Session(ClusterableModel):
    """One run of a course, or one occasion of an event. ``starts_at`` and ``ends_at`` follow its meetings."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        OPEN = "open", "Open"
        CANCELLED = "cancelled", "Cancelled"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    page = models.ForeignKey("training.TrainingPage", on_delete=models.PROTECT, related_name="sessions")
    name = models.CharField(
        max_length=80, blank=True, help_text="Where several run at once, such as Evening group. Often empty."
    )
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    language = models.CharField(max_length=10, choices=settings.LANGUAGES, default="en")
    # A name of the tz database, such as Europe/London.
    time_zone = models.CharField(max_length=50, help_text="In which its times are said.")
    place = models.CharField(max_length=120, blank=True, help_text="Everybody reads this, such as Portland, Oregon.")
    # Only who has a seat is told these two.
    address = models.CharField(
        max_length=250, blank=True, help_text="Where exactly. Told only to people who have a seat."
    )
    join_url = models.URLField(
        "online link",
        max_length=500,
        blank=True,
        help_text="For who takes part online. Told only to people with a seat.",
    )
    is_online = models.BooleanField("online", default=False)

    seats = models.PositiveIntegerField(validators=[MinValueValidator(1), MaxValueValidator(MOST_SEATS)])
    taken = models.PositiveIntegerField(default=0, editable=False)
    books_from = models.DateTimeField("booking opens", null=True, blank=True)
    books_until = models.DateTimeField(
        "booking closes", null=True, blank=True, help_text="Empty: when the first meeting begins."
    )
    has_waiting_list = models.BooleanField("waiting list", default=True)
    offer_hours = models.PositiveSmallIntegerField(
        "an offered seat is kept for, in hours",
        default=48,
        validators=[MinValueValidator(1), MaxValueValidator(336)],
    )
    takes_applications = models.BooleanField("people can apply for a bursary", default=False)

    starts_at = models.DateTimeField(null=True, editable=False)
    ends_at = models.DateTimeField(null=True, editable=False)
    trainers = models.ManyToManyField(Trainer, blank=True, related_name="sessions")

    replay = models.ForeignKey(
        "pages.SiteDocument", on_delete=models.SET_NULL, null=True, blank=True, related_name="+",
        help_text="A recording, for people who had a seat and for members of the groups below.",
    )  # fmt: skip
    replay_until = models.DateTimeField("replay until", null=True, blank=True)
    replay_groups = models.ManyToManyField(
        "auth.Group", blank=True, related_name="+", verbose_name="replay for members"
    )

    # Goes up when people are told of a change: calendars take the highest for the true one.
    revision = models.PositiveIntegerField(default=0, editable=False)
    cancelled_at = models.DateTimeField(null=True, editable=False)
    # What people who had a seat are told.
    cancel_reason = models.CharField(max_length=300, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        indexes = [
            models.Index(fields=["state", "starts_at"], name="sessions_by_start"),
            models.Index(fields=["page", "starts_at"], name="sessions_of_a_page"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(seats__gt=0), name="a_session_has_seats"),
            models.CheckConstraint(condition=Q(taken__gte=0, taken__lte=F("seats")), name="no_seat_is_taken_twice"),
            models.CheckConstraint(
                condition=Q(books_from=None) | Q(books_until=None) | Q(books_until__gt=F("books_from")),
                name="booking_closes_after_it_opens",
                violation_error_message="Booking closes after it opens.",
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | Q(cancelled_at__isnull=False), name="a_cancelled_session_says_when"
            ),
        ]

    def __str__(self) -> str:
        when = f"{self.local(self.starts_at):%d %b %Y}" if self.starts_at else "no date"
        return ", ".join(part for part in (str(self.page), self.name, when) if part)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def local(self, moment: datetime) -> datetime:
        """That moment as its clocks show it."""
        return moment.astimezone(self.zone)

    def on_clocks(self, moment: datetime) -> datetime:
        """The same without a zone, for templates: they turn a moment that has one to the zone of this site."""
        return self.local(moment).replace(tzinfo=None)

    @property
    def left(self) -> int:
        return max(self.seats - self.taken, 0)

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    def books_at(self, at: datetime) -> bool:
        """Whether seats can be booked at that moment."""
        closes = self.books_until or self.starts_at
        has_opened = self.books_from is None or self.books_from <= at
        return self.is_open and has_opened and closes is not None and at < closes


class Meeting(models.Model):
    """A day of a session, or its only one."""

    session = ParentalKey(Session, on_delete=models.CASCADE, related_name="meetings")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    topic = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="a_meeting_ends_after_it_starts",
                violation_error_message="A meeting ends after it begins.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"


class Ticket(ClusterableModel):
    """A kind of seat and its price. Amounts are minor units of the reporting currency, a seat each.

    What is above ``value`` is a gift: only that can stand on a tax receipt.
    """

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="tickets")
    name = models.CharField(max_length=80, default="Seat")
    detail = models.CharField(max_length=200, blank=True)
    price = StoredCardAmountField(default=0, validators=[MinValueValidator(0), MaxValueValidator(MOST)])
    early_price = StoredCardAmountField(
        null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(MOST)]
    )
    early_until = models.DateTimeField(null=True, blank=True)
    # Then ``price`` is what is suggested and ``lowest`` the least.
    is_own_price = models.BooleanField("people pay what they can", default=False)
    lowest = StoredCardAmountField(
        "lowest price", default=0, validators=[MinValueValidator(0), MaxValueValidator(MOST)],
        help_text="Where people pay what they can.",
    )  # fmt: skip
    value = StoredAmountField(
        "worth of what they get", null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(MOST)],
        help_text="For an event whose ticket is partly a gift: the fair value of dinner, show and presents. "
        "Only what is paid above it is a gift. Empty: the whole price is paid for what they get.",
    )  # fmt: skip
    quota = models.PositiveIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1)], help_text="At most so many. Empty: as many as seats."
    )
    taken = models.PositiveIntegerField(default=0, editable=False)
    is_offered = models.BooleanField("offered", default=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["session", "name"], name="one_ticket_of_a_name_per_session"),
            models.CheckConstraint(
                condition=Q(price__gte=0, lowest__gte=0) & (Q(value=None) | Q(value__gte=0)),
                name="ticket_amounts_are_no_debts",
            ),
            models.CheckConstraint(
                condition=Q(early_price=None) | Q(early_until__isnull=False, early_price__lt=F("price")),
                name="an_early_price_is_lower_and_ends",
                violation_error_message="An early price is below the price and says until when.",
            ),
            models.CheckConstraint(
                condition=Q(is_own_price=False) | Q(lowest__lte=F("price"), early_price=None),
                name="who_pays_what_they_can_has_no_early_price",
                violation_error_message="The lowest price is at most the suggested one, and there is no early price.",
            ),
            models.CheckConstraint(
                condition=Q(taken__gte=0) & (Q(quota=None) | Q(taken__lte=F("quota"))),
                name="no_ticket_is_sold_above_its_quota",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def price_at(self, at: datetime) -> int:
        """What anybody pays at that moment, before a member's price; what is suggested where they choose."""
        if self.early_price is not None and self.early_until is not None and at < self.early_until:
            return self.early_price
        return self.price

    def gift_in(self, paid: int) -> int:
        """What of so much paid for one seat is a gift."""
        return 0 if self.value is None else max(paid - self.value, 0)

    @property
    def left(self) -> int | None:
        """By its own quota alone; None: as many as the session has."""
        return None if self.quota is None else max(self.quota - self.taken, 0)


class TicketMemberPrice(models.Model):
    """What a group of members pays less."""

    ticket = ParentalKey(Ticket, on_delete=models.CASCADE, related_name="member_prices")
    group = MemberGroupField("auth.Group", on_delete=models.CASCADE, related_name="+")
    percent_off = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(100)])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "group"], name="one_member_price_per_ticket_and_group"),
            models.CheckConstraint(condition=Q(percent_off__range=(1, 100)), name="a_ticket_is_off_by_a_percentage"),
        ]

    def __str__(self) -> str:
        return f"{self.percent_off} % off for {self.group}"
