from __future__ import annotations

import secrets
import uuid
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from receipts.models.ledger import Entry, Transaction
from receipts.models.payers import Payer


def new_verify_code() -> str:
    return secrets.token_urlsafe(18)


class ReceiptSeries(models.Model):
    """A run of numbers without a gap. Its counter is locked by the transaction that takes the next number.

    One for every jurisdiction: a number does not say under whose rules its receipt was issued.
    """

    prefix = models.CharField(max_length=10, blank=True)
    year = models.PositiveSmallIntegerField()
    is_sandbox = models.BooleanField(default=False)
    next_number = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name_plural = "receipt series"
        ordering = ["-year", "prefix"]
        constraints = [
            models.UniqueConstraint(fields=["prefix", "year", "is_sandbox"], name="one_series_per_prefix_and_year")
        ]

    def __str__(self) -> str:
        return self.label_of(0).removesuffix("-00000")

    def label_of(self, number: int) -> str:
        """The number as it is printed: "2026-00012", and "SANDBOX-2026-00012" where no money moved."""
        parts = ["SANDBOX" if self.is_sandbox else "", self.prefix, str(self.year), f"{number:05d}"]
        return "-".join(part for part in parts if part)


class ReceiptQuerySet(models.QuerySet["Receipt"]):
    def live(self) -> ReceiptQuerySet:
        return self.filter(state=Receipt.State.ISSUED)

    def of_user(self, user: Any) -> ReceiptQuerySet:
        return self.filter(payer__user=user)

    def unrendered(self) -> ReceiptQuerySet:
        return self.exclude(render_state=Receipt.Render.STORED)


class Receipt(models.Model):
    """What was issued, frozen: number, names, amounts and rule version. Voided or replaced, never edited.

    Triggers refuse a change of anything but the state and the file, and refuse deletion.
    """

    class Kind(models.TextChoices):
        TAX = "tax", "Tax receipt"
        PAYMENT = "payment", "Payment receipt"

    class State(models.TextChoices):
        ISSUED = "issued", "Issued"
        VOID = "void", "Void"

    class Render(models.TextChoices):
        WAITING = "waiting", "Waiting to be drawn"
        STORED = "stored", "PDF stored"
        FAILED = "failed", "Could not be drawn"
        OFF = "off", "Print page only"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    verify_code = models.CharField(max_length=32, default=new_verify_code, unique=True, editable=False)
    series = models.ForeignKey(ReceiptSeries, on_delete=models.PROTECT, related_name="receipts")
    number = models.PositiveIntegerField()
    label = models.CharField("number", max_length=40, unique=True)
    kind = models.CharField(max_length=10, choices=Kind)
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="receipts")
    transaction = models.ForeignKey(Transaction, on_delete=models.PROTECT, related_name="receipts")
    issued_on = models.DateField()
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    advantage = models.BigIntegerField(default=0)
    eligible_amount = models.BigIntegerField()
    language = models.CharField(max_length=10, default="en")
    snapshot = models.JSONField()
    rule_version = models.CharField(max_length=40, blank=True)
    replaces = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by")
    state = models.CharField(max_length=10, choices=State, default=State.ISSUED)
    voided_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    render_state = models.CharField(max_length=10, choices=Render, default=Render.WAITING)
    render_attempts = models.PositiveSmallIntegerField(default=0)
    render_error = models.CharField(max_length=300, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    template_version = models.CharField(max_length=60, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        permissions = [
            ("download_receipt", "Can download any receipt"),
            ("void_receipt", "Can void a receipt"),
            ("resend_receipt", "Can send a receipt's mail again"),
        ]
        indexes = [models.Index(fields=["-created_at", "-id"], name="receipt_by_time")]
        constraints = [
            models.UniqueConstraint(fields=["series", "number"], name="a_receipt_number_is_used_once"),
            models.CheckConstraint(
                condition=Q(eligible_amount__gte=0) & Q(eligible_amount__lte=F("amount")),
                name="eligible_amount_is_part_of_the_amount",
            ),
            models.CheckConstraint(
                condition=Q(state="issued", voided_at=None)
                | (Q(state="void", voided_at__isnull=False) & ~Q(void_reason="")),
                name="a_void_receipt_says_when_and_why",
            ),
            models.CheckConstraint(
                condition=~Q(render_state="stored") | (~Q(file_name="") & ~Q(sha256="")),
                name="a_stored_receipt_has_its_file_and_digest",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        return reverse("receipt_pdf", args=[self.public_id])

    @property
    def is_live(self) -> bool:
        return self.state == self.State.ISSUED

    @property
    def is_stored(self) -> bool:
        return self.render_state == self.Render.STORED


class ReceiptLine(models.Model):
    """Which entry a receipt speaks for. At most one live receipt speaks for an entry."""

    receipt = models.ForeignKey(Receipt, on_delete=models.PROTECT, related_name="lines")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="receipt_lines")
    amount = models.BigIntegerField()
    advantage = models.BigIntegerField(default=0)
    eligible_amount = models.BigIntegerField()
    is_live = models.BooleanField(default=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["entry"], condition=Q(is_live=True), name="one_live_receipt_per_entry"),
        ]

    def __str__(self) -> str:
        return f"{self.receipt_id}: {self.amount}"
