from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from modelcluster.models import ClusterableModel

from receipts.amounts import StoredAmountField
from receipts.models import Fund

if TYPE_CHECKING:
    from datetime import datetime


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def begun(self, at: datetime | None = None) -> CampaignQuerySet:
        return self.filter(starts_at__lte=at or timezone.now())

    def open(self, at: datetime | None = None) -> CampaignQuerySet:
        """Those that take gifts at this moment; what ``takes_gifts`` says of one."""
        now = at or timezone.now()
        return self.begun(now).filter(Q(ends_at=None) | Q(ends_at__gt=now), is_open=True)


class Campaign(ClusterableModel):
    """Something to raise money for until a day: its gifts go into one fund, and its page shows how far it got."""

    class Goal(models.TextChoices):
        AMOUNT = "amount", "An amount of money"
        DONORS = "donors", "A number of donors"
        NEW_MONTHLY = "new_monthly", "A number of new monthly donors"

    name = models.CharField(max_length=100, unique=True)
    slug = models.SlugField(max_length=80, unique=True)
    fund = models.ForeignKey(
        "receipts.Fund",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Where its gifts go. Empty: the unrestricted fund.",
    )
    goal_kind = models.CharField("goal", max_length=11, choices=Goal, default=Goal.AMOUNT)
    goal_amount = StoredAmountField("amount to raise", null=True, blank=True, validators=[MinValueValidator(1)])
    goal_count = models.PositiveIntegerField("number to reach", null=True, blank=True)
    starts_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField("deadline", null=True, blank=True)
    is_open = models.BooleanField("open", default=True, help_text="A campaign that is not open takes no new gifts.")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                # NULL is neither above zero nor not: a check lets it pass.
                condition=~Q(goal_kind="amount") | Q(goal_amount__isnull=False, goal_amount__gt=0),
                name="campaign_for_an_amount_has_an_amount",
            ),
            models.CheckConstraint(
                condition=Q(goal_kind="amount") | Q(goal_count__isnull=False, goal_count__gt=0),
                name="campaign_for_a_number_has_a_number",
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=models.F("starts_at")), name="campaign_ends_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        wanted = "goal_amount" if self.goal_kind == self.Goal.AMOUNT else "goal_count"
        if not getattr(self, wanted):
            raise ValidationError({wanted: "What is the goal? Enter a number above zero."})
        if self.ends_at and self.ends_at <= self.starts_at:
            raise ValidationError({"ends_at": "A campaign ends after it starts."})

    @property
    def currency(self) -> str:
        return settings.REPORTING_CURRENCY

    @property
    def subject(self) -> str:
        """By which the books know its money: every entry of its gifts and of their refunds carries it.

        What givers add to cover card costs does not: it goes to the card companies, not towards the goal.
        """
        return f"campaign:{self.pk}"

    def fund_of_gifts(self) -> Fund:
        return self.fund or Fund.unrestricted()

    def takes_gifts(self, at: datetime | None = None) -> bool:
        now = at or timezone.now()
        return self.is_open and self.starts_at <= now and (self.ends_at is None or now < self.ends_at)
