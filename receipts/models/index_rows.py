from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class IndexRow(models.Model):
    """Amounts that a tax office indexes each year, added by finance staff with the source they read them in."""

    jurisdiction = models.CharField(max_length=2, default="US", choices=[("US", "United States")])
    year = models.PositiveSmallIntegerField()
    low_cost_limit = models.PositiveIntegerField(help_text="In cents: the most that a low-cost article may cost.")
    minimum_payment = models.PositiveIntegerField(
        help_text="In cents: the payment from which low-cost articles are disregarded."
    )
    cap = models.PositiveIntegerField(help_text="In cents: the most that benefits of up to 2 % may be worth.")
    source = models.CharField(
        max_length=200, help_text="Where you read it, such as “Rev. Proc. 2024-40, section 2.33”."
    )
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "yearly amount"
        ordering = ["jurisdiction", "-year"]
        constraints = [
            models.UniqueConstraint(fields=["jurisdiction", "year"], name="at_most_one_index_row_per_year"),
            models.CheckConstraint(
                condition=Q(low_cost_limit__gt=0, low_cost_limit__lt=F("minimum_payment"))
                & Q(minimum_payment__lt=F("cap")),
                name="index_row_amounts_rise",
            ),
            models.CheckConstraint(condition=~Q(source=""), name="index_row_names_its_source"),
        ]

    def __str__(self) -> str:
        return f"{self.jurisdiction} {self.year}"
