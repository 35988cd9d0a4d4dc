from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from receipts.models.payers import Payer


class PayerMerge(models.Model):
    """One payer merged into another, and all that is needed to undo it."""

    kept = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="merges")
    merged = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="merged_by")
    # The kept payer's fields that the merge changed, as they were and as it left them. Holds personal data.
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    # Whose log-in each of the two was before. A number and no key: a user may go.
    kept_user = models.BigIntegerField(null=True)
    merged_user = models.BigIntegerField(null=True)
    # Payers that had been merged into the merged one, and followed it.
    followed = models.JSONField(default=list)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(kept=F("merged")), name="two_payers_are_merged_not_one"),
            models.UniqueConstraint(
                fields=["merged"], condition=Q(undone_at=None), name="a_payer_is_merged_once_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"payer {self.merged_id} into {self.kept_id}"


class DuplicatePairQuerySet(models.QuerySet["DuplicatePair"]):
    def waiting(self) -> DuplicatePairQuerySet:
        """Those that nobody has judged yet."""
        return self.filter(dismissed_at=None, first__merged_into=None, second__merged_into=None)


class DuplicatePair(models.Model):
    """Two payers that may be one, as the nightly search found them; a person decides."""

    first = models.ForeignKey(Payer, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Payer, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=20)
    # How sure the search is, of 100.
    score = models.PositiveSmallIntegerField()
    found_at = models.DateTimeField(auto_now_add=True)
    dismissed_at = models.DateTimeField(null=True)
    dismissed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = DuplicatePairQuerySet.as_manager()

    class Meta:
        ordering = ["-score", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="one_row_per_possible_duplicate"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="the_older_payer_comes_first"),
        ]

    def __str__(self) -> str:
        return f"payers {self.first_id} and {self.second_id}"
