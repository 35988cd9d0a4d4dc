"""What is remembered of mending: the links that were mailed, and the notices that were sent."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone


class MendLink(models.Model):
    """A mailed link by which a payment is mended without signing in. It is for one plan, and mostly for one invoice.

    The link itself is the signed ``nonce``, so the row says nothing of the person, and revoking it ends every mail's.
    """

    nonce = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    plan = models.ForeignKey("payments.Plan", on_delete=models.CASCADE, related_name="+")
    # Empty: nothing is open, the link is for another card only.
    invoice_id = models.CharField(max_length=255, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "invoice_id"], condition=Q(revoked_at=None), name="one_mend_link_per_plan_and_invoice"
            ),
        ]

    def __str__(self) -> str:
        return f"Link {self.pk}"


class Notice(models.Model):
    """Something a supporter was told: the row is what keeps us from telling it twice."""

    class Kind(models.TextChoices):
        FAILED = "failed", "A payment failed"
        BANK_CHECK = "bank_check", "The bank wants an approval"
        LAPSED = "lapsed", "It ended unpaid"
        CARD_EXPIRES = "card_expires", "The card expires"
        YEARLY = "yearly", "A yearly payment is due"
        RESUMES = "resumes", "A pause ends"
        UPGRADE_ASK = "upgrade_ask", "Asked to give more"
        AT_THE_BANK = "at_the_bank", "The bank is working on it"
        DEBIT_FAILED = "debit_failed", "The bank debit failed"
        TWICE = "twice", "Pays twice for one thing"

    kind = models.CharField(max_length=12, choices=Kind)
    plan = models.ForeignKey("payments.Plan", null=True, on_delete=models.CASCADE, related_name="notices")
    # Of a first payment, which may have no plan yet, or never will.
    payment = models.ForeignKey("payments.Payment", null=True, on_delete=models.CASCADE, related_name="+")
    # What it was about: a day, or an invoice and its attempt.
    about = models.CharField(max_length=255, blank=True)
    sent_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "plan", "about"], name="nobody_is_told_the_same_twice"),
            models.UniqueConstraint(fields=["kind", "payment"], name="of_a_payment_each_thing_is_told_once"),
            models.CheckConstraint(
                condition=Q(plan__isnull=False) | Q(payment__isnull=False), name="a_notice_is_about_something"
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
