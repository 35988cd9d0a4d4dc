from __future__ import annotations

from django.db import models
from django.db.models import Q


class Fund(models.Model):
    """Whose purpose an amount serves: the unrestricted fund, or one restricted to a purpose."""

    name = models.CharField(max_length=100, unique=True)
    purpose = models.TextField(blank=True, help_text="What the giver restricted it to, in the giver's words.")
    is_restricted = models.BooleanField("restricted", default=True)
    is_default = models.BooleanField(default=False, editable=False)
    bears_fees = models.BooleanField(
        "bears its own Stripe fees", default=False, help_text="Otherwise fees fall on the unrestricted fund."
    )
    is_open = models.BooleanField("open", default=True, help_text="A fund that is not open takes no new gifts.")

    class Meta:
        ordering = ["-is_default", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="at_most_one_default_fund"
            ),
            models.CheckConstraint(
                condition=Q(is_default=False) | Q(is_restricted=False), name="the_default_fund_is_unrestricted"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def unrestricted(cls) -> Fund:
        """The one fund that carries what nobody restricted."""
        fund, _ = cls.objects.get_or_create(
            is_default=True, defaults={"name": "Unrestricted", "is_restricted": False, "bears_fees": True}
        )
        return fund
