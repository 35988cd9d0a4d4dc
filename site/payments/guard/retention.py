"""A day later nothing of it is left."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from payments.models import CheckoutStart, HeldForm, SpentProof, Tally

KEPT = timedelta(days=1)


def forget_guard_rows() -> int:
    """Delete what is older than a day, and forms whose link is over."""
    now = timezone.now()
    over = [
        Tally.objects.filter(used_at__lt=now - KEPT),
        SpentProof.objects.filter(spent_at__lt=now - KEPT),
        CheckoutStart.objects.filter(started_at__lt=now - KEPT),
        HeldForm.objects.filter(expires_at__lte=now),
    ]
    return sum(rows.delete()[0] for rows in over)
