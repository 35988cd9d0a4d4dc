"""Staff's notes about supporters, after they were deleted."""

from __future__ import annotations

from django.utils import timezone

from receipts.models import PayerNote
from receipts.models.notes import KEPT


def forget_deleted_notes() -> int:
    """The scheduled job: what was deleted and can't be put back any more is gone."""
    count, _ = PayerNote.objects.filter(deleted_at__lte=timezone.now() - KEPT).delete()
    return count
