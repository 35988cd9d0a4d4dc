from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from membership.models.bank import BankLine
from membership.models.gifts import Gift


class OfflineGiftQuerySet(models.QuerySet["OfflineGift"]):
    def standing(self) -> OfflineGiftQuerySet:
        """Those that were not undone."""
        return self.filter(undone_at=None)

    def for_staff(self) -> OfflineGiftQuerySet:
        """All that a listing shows, in one query."""
        return self.select_related("gift__payer", "gift__fund", "gift__campaign", "recorded_by", "transaction")


class OfflineGift(models.Model):
    """What staff wrote down of a gift that came by cheque, in cash or to the bank account.

    It is never edited: a mistake is undone, which takes the booking back, and written down anew.
    """

    gift = models.OneToOneField(Gift, on_delete=models.PROTECT, related_name="offline")
    transaction = models.OneToOneField("receipts.Transaction", on_delete=models.PROTECT, related_name="+")
    # The line of a bank statement that it was booked from; a line may be split in several gifts.
    line = models.ForeignKey(BankLine, on_delete=models.PROTECT, null=True, related_name="gifts")
    # The number of a cheque, the words of a transfer.
    reference = models.CharField(max_length=140, blank=True)
    note = models.CharField(max_length=500, blank=True)
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    undo_reason = models.CharField(max_length=200, blank=True)

    objects = OfflineGiftQuerySet.as_manager()

    class Meta:
        ordering = ["-recorded_at", "-pk"]
        permissions = [("undo_offlinegift", "Can undo an offline gift")]
        constraints = [
            models.CheckConstraint(
                condition=Q(undone_at=None) | ~Q(undo_reason=""), name="an_undone_offline_gift_says_why"
            ),
        ]

    def __str__(self) -> str:
        return str(self.gift)

    @property
    def currency(self) -> str:
        return self.gift.currency

    def claim_undo(self, *, by: Any, reason: str) -> bool:
        """Of two who undo at once, one may."""
        standing = OfflineGift.objects.standing().filter(pk=self.pk)
        return bool(standing.update(undone_at=timezone.now(), undone_by=by, undo_reason=reason))
