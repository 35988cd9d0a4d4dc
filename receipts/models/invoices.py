from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from receipts.models.ledger import Transaction
from receipts.models.payers import Payer


class InvoiceKind(models.TextChoices):
    INVOICE = "invoice", "Invoice"
    CREDIT_NOTE = "credit_note", "Credit note"


class InvoiceSeries(models.Model):
    """A run of numbers without a gap, one a year for each kind. Whoever takes the next number locks its row."""

    kind = models.CharField(max_length=11, choices=InvoiceKind)
    prefix = models.CharField(max_length=10)
    year = models.PositiveSmallIntegerField()
    is_sandbox = models.BooleanField(default=False)
    next_number = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name_plural = "invoice series"
        ordering = ["-year", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "prefix", "year", "is_sandbox"], name="one_invoice_series_per_kind_and_year"
            )
        ]

    def __str__(self) -> str:
        return self.label_of(0).removesuffix("-00000")

    def label_of(self, number: int) -> str:
        """The number as it is printed: "INV-2026-00012", and "SANDBOX-INV-2026-00012" where no money moved."""
        parts = ["SANDBOX" if self.is_sandbox else "", self.prefix, str(self.year), f"{number:05d}"]
        return "-".join(part for part in parts if part)


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    def of_user(self, user: Any) -> InvoiceQuerySet:
        return self.filter(payer__user=user)


class Invoice(models.Model):
    """What was sold, or what of it was taken back, as it was issued: the snapshot holds all that is printed.

    Triggers refuse a change of anything but the stored file, and refuse deletion. A mistake is a credit note.
    ``net`` and ``tax`` are minor units of ``currency``, above zero on credit notes too.
    """

    Kind = InvoiceKind

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    series = models.ForeignKey(InvoiceSeries, on_delete=models.PROTECT, related_name="invoices")
    number = models.PositiveIntegerField()
    label = models.CharField("number", max_length=40)
    kind = models.CharField(max_length=11, choices=InvoiceKind)
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="invoices")
    # The payment, what took it back, or what gave that again.
    transaction = models.OneToOneField(Transaction, on_delete=models.PROTECT, related_name="invoice")
    # Of a credit note, its invoice; of an invoice for money that did not go back after all, the credit note.
    corrects = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="corrections")
    issued_on = models.DateField()
    currency = models.CharField(max_length=3)
    net = models.BigIntegerField()
    tax = models.BigIntegerField()
    language = models.CharField(max_length=10, default="en")
    snapshot = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)
    # Drawn when it is first asked for, and kept.
    file_name = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        permissions = [("download_invoice", "Can download any invoice"), ("export_invoice", "Can export invoices")]
        indexes = [models.Index(fields=["-created_at", "-id"], name="invoice_by_time")]
        constraints = [
            models.UniqueConstraint(fields=["series", "number"], name="an_invoice_number_is_used_once"),
            models.CheckConstraint(condition=Q(net__gte=0, tax__gte=0), name="invoice_amounts_are_not_negative"),
            models.CheckConstraint(
                condition=~Q(kind="credit_note") | Q(corrects__isnull=False), name="a_credit_note_names_its_invoice"
            ),
            models.CheckConstraint(
                condition=Q(corrects=None) | ~Q(corrects=F("pk")), name="no_invoice_corrects_itself"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        """For whoever is signed in as its payer; a guest's link is made by ``receipts.invoices.links``."""
        return reverse("invoice_pdf", args=[self.public_id])

    @property
    def amount(self) -> int:
        return self.net + self.tax

    @property
    def is_credit_note(self) -> bool:
        return self.kind == InvoiceKind.CREDIT_NOTE
