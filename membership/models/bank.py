from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class BankImport(models.Model):
    """One statement of a bank account, read from a CSV file. The file itself is forgotten once it has been read."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", "Columns to be named"
        READ = "read", "Read"

    account = models.CharField("bank account", max_length=60)
    # Of the file as it came: the same one is not read twice.
    file_hash = models.CharField(max_length=64, unique=True)
    text = models.TextField(blank=True)
    # Which column is what, and how dates and amounts are written: proposed again for the next file of this account.
    layout = models.JSONField(default=dict)
    # [{"line": 4, "column": "Date", "problem": a sentence}]: nothing of such a line is kept.
    problems = models.JSONField(default=list)
    known_lines = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=8, choices=State, default=State.UPLOADED)
    uploaded_at = models.DateTimeField(default=timezone.now)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-uploaded_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(text="") | Q(state="uploaded"), name="a_statement_that_was_read_is_forgotten"
            )
        ]

    def __str__(self) -> str:
        return f"{self.account}, {timezone.localtime(self.uploaded_at):%d %b %Y %H:%M}"


class BankLine(models.Model):
    """One line of a statement, and what became of it. Money that went out is kept as "not a gift"."""

    class State(models.TextChoices):
        NEW = "new", "Nobody found"
        MATCHED = "matched", "Supporter suggested"
        BOOKED = "booked", "Booked"
        SKIPPED = "skipped", "Skipped"
        PAYOUT = "payout", "Payout of Stripe"
        NOT_OURS = "not_ours", "Not a gift"
        UNDONE = "undone", "Taken back"

    # Those that may be booked.
    OPEN = (State.NEW, State.MATCHED, State.UNDONE)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    statement = models.ForeignKey(BankImport, on_delete=models.PROTECT, related_name="lines")
    number = models.PositiveIntegerField()
    account = models.CharField(max_length=60)
    # Of all that identifies it: statements of one account overlap, and their lines are taken once.
    digest = models.CharField(max_length=64)
    booked_on = models.DateField()
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    payer_text = models.CharField(max_length=200, blank=True)
    reference_text = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.NEW)
    payer = models.ForeignKey("receipts.Payer", on_delete=models.PROTECT, null=True, related_name="bank_lines")
    # How sure the suggestion is, of 100, and why it is made.
    score = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=100, blank=True)
    # How often it was booked: once, unless it was taken back and booked anew.
    bookings = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["number", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["account", "digest"], name="a_line_of_an_account_is_taken_once"),
            models.CheckConstraint(
                condition=~Q(state="matched") | Q(payer__isnull=False), name="a_match_names_its_payer"
            ),
            models.CheckConstraint(
                condition=~Q(state="booked") | Q(amount__gt=0), name="only_money_that_came_is_booked"
            ),
        ]
        indexes = [models.Index(fields=["payer_text"], name="bank_line_by_payer_text")]

    def __str__(self) -> str:
        return f"Line {self.number}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN and self.amount > 0

    def claim(self) -> bool:
        """Of two who book this line at once, one may. Call it in the transaction that books."""
        waiting = BankLine.objects.filter(pk=self.pk, state__in=self.OPEN, amount__gt=0, bookings=self.bookings)
        return bool(waiting.update(state=self.State.BOOKED, bookings=F("bookings") + 1))
