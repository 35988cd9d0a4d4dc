"""Bursaries: who asked for one, what was decided, and which fund pays the seat. Nobody is asked to prove what happened
to them. What an applicant writes is sealed, and each look at it is written down (``training.private``)."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

from pages.sealing import open_sealed, seal


@register_setting(icon="group")
class BursarySettings(BaseGenericSetting):
    fund = models.ForeignKey(
        "receipts.Fund", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        limit_choices_to={"is_restricted": True},
        help_text="The restricted fund that pays seats. Empty: nobody can apply.",
    )  # fmt: skip
    answer_days = models.PositiveSmallIntegerField(
        "applicants hear from us within, in days", default=10, help_text="They are told so when they apply."
    )
    pay_days = models.PositiveSmallIntegerField(
        "the rest is paid within, in days", default=7, help_text="Where a bursary pays a part of the price."
    )

    class Meta:
        verbose_name = "bursaries"


class Application(models.Model):
    """An application for a seat. Its seat (``enrolment``) is kept from the beginning: asking costs nobody theirs."""

    class State(models.TextChoices):
        SUBMITTED = "submitted", "To be looked at"
        MORE = "more", "More information asked for"
        APPROVED = "approved", "Approved"
        DECLINED = "declined", "Declined"
        WITHDRAWN = "withdrawn", "Withdrawn"

    OPEN = (State.SUBMITTED, State.MORE)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    enrolment = models.OneToOneField("training.Enrolment", on_delete=models.PROTECT, related_name="application")
    state = models.CharField(max_length=9, choices=State, default=State.SUBMITTED)
    version = models.PositiveIntegerField(default=1, editable=False)
    # What they can pay themselves, in minor units of the enrolment's currency.
    can_pay = models.BigIntegerField(default=0)
    sealed_words = models.TextField(blank=True, editable=False)
    submitted_at = models.DateTimeField(default=timezone.now)
    # What the applicant is told with a question or a decision.
    answer = models.TextField(max_length=1000, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, editable=False)
    # Where the bursary pays a part: until then the rest is paid, or the seat is free again.
    pay_until = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["submitted_at", "pk"]
        default_permissions = ("view",)
        permissions = [
            ("decide_application", "Can read applications for bursaries and decide on them"),
            ("overdraw_bursaries", "Can award more than the bursary fund holds"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(can_pay__gte=0), name="an_applicant_pays_no_debt"),
            models.CheckConstraint(
                condition=Q(state__in=["submitted", "more", "withdrawn"]) | Q(decided_at__isnull=False),
                name="a_decided_application_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"Application {self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether it waits for a decision."""
        return self.state in self.OPEN

    @property
    def words(self) -> str:
        """What the applicant wrote. Ask ``training.private.read_application`` instead, which writes down who looked."""
        return open_sealed(self.sealed_words) if self.sealed_words else ""

    @words.setter
    def words(self, text: str) -> None:
        self.sealed_words = seal(text) if text else ""


class Award(models.Model):
    """What the bursary fund pays of one seat: promised when it is approved, released in the books with the seat."""

    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="award")
    fund = models.ForeignKey("receipts.Fund", on_delete=models.PROTECT, related_name="+")
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    # Why it was awarded although the fund held less.
    override_reason = models.CharField(max_length=300, blank=True)
    awarded_at = models.DateTimeField(default=timezone.now)
    # The transfer between the funds; without one it is promised, and not free for another.
    transaction = models.OneToOneField(
        "receipts.Transaction", on_delete=models.PROTECT, null=True, related_name="bursary_award"
    )
    # Given up or taken back: the money is the bursary fund's again.
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        default_permissions = ("view",)
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="an_award_is_above_zero")]

    def __str__(self) -> str:
        return f"Award {self.pk}"
