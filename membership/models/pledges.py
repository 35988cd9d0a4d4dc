from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from membership.models.campaigns import Campaign
from receipts.amounts import StoredAmountField


class Pledge(models.Model):
    """Money that somebody promised to a campaign and has not sent. No income: the bar shows it apart."""

    class State(models.TextChoices):
        OPEN = "open", "Promised"
        PAID = "paid", "Paid"
        WRITTEN_OFF = "written_off", "Written off"

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="pledges")
    payer = models.ForeignKey("receipts.Payer", on_delete=models.PROTECT, related_name="pledges")
    amount = StoredAmountField(validators=[MinValueValidator(1)])
    due_on = models.DateField("due", null=True, blank=True)
    state = models.CharField(
        max_length=11,
        choices=State,
        default=State.OPEN,
        help_text="“Paid” books nothing: enter the gift itself as one that came offline.",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="pledge_amount_is_above_zero"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "paid", "written_off"]), name="pledge_state_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"Pledge {self.pk}"

    @property
    def currency(self) -> str:
        return self.campaign.currency
