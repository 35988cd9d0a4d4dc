"""What goes back when somebody cancels, and until when they may move to another session. Shown before they pay."""

from __future__ import annotations

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel


class RefundRules(ClusterableModel):
    name = models.CharField(max_length=80, unique=True)
    # Days before the first meeting. Empty: nobody moves by themselves.
    move_days = models.PositiveSmallIntegerField(
        "can move to another session until, in days before it begins",
        null=True,
        blank=True,
        validators=[MaxValueValidator(365)],
        help_text="Empty: nobody moves by themselves.",
    )

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "refund rules"

    def __str__(self) -> str:
        return self.name

    def percent_at(self, days_before: int) -> int:
        """What part goes back of what was paid, so many whole days before the first meeting begins."""
        steps = sorted(self.steps.all(), key=lambda step: step.days_before, reverse=True)
        return next((step.percent for step in steps if days_before >= step.days_before), 0)

    @classmethod
    def as_facts(cls, rules: RefundRules | None) -> dict[str, Any]:
        """What a seat keeps of the rules that were shown before it was paid. Of no rules: nothing goes back."""
        steps = sorted(rules.steps.all(), key=lambda step: step.days_before, reverse=True) if rules else []
        return {
            "move_days": rules.move_days if rules else None,
            "steps": [[step.days_before, step.percent] for step in steps],
        }

    @classmethod
    def from_facts(cls, facts: dict[str, Any]) -> RefundRules:
        """Rules that are in no database, to be read only."""
        steps = [RefundStep(days_before=days, percent=percent) for days, percent in facts["steps"]]
        return cls(move_days=facts["move_days"], steps=steps)


class RefundStep(models.Model):
    """From so many days before on, going down: "until 14 days before, 100 %; until 7 days before, 50 %"."""

    rules = ParentalKey(RefundRules, on_delete=models.CASCADE, related_name="steps")
    days_before = models.PositiveSmallIntegerField(
        "until, in days before it begins", validators=[MaxValueValidator(365)]
    )
    percent = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(100)])

    class Meta:
        ordering = ["-days_before"]
        constraints = [
            models.UniqueConstraint(fields=["rules", "days_before"], name="one_refund_step_a_day"),
            models.CheckConstraint(condition=Q(percent__range=(1, 100)), name="a_refund_step_is_a_percentage"),
        ]

    def __str__(self) -> str:
        return f"{self.percent} % until {self.days_before} days before"
