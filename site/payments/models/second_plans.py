from __future__ import annotations

from django.db import models


class SecondPlan(models.Model):
    """A subscription that came of a second page of one checkout, both of which were paid: nobody meant it."""

    plan = models.OneToOneField("payments.Plan", on_delete=models.CASCADE, related_name="as_second")
    first = models.ForeignKey("payments.Plan", on_delete=models.CASCADE, related_name="+")
    noticed_at = models.DateTimeField(auto_now_add=True)
    # When it was ended and its money given back, or could not be: it is tried once.
    settled_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.plan)
