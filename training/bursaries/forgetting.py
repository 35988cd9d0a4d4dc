"""What somebody wrote to be given a bursary is forgotten once nobody needs it."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from training.models import Application

KEPT_FOR = timedelta(days=90)


def forget_words() -> int:
    """The scheduled job: words and answers go so long after the session has ended. What was decided stays."""
    over = Application.objects.filter(enrolment__session__ends_at__lt=timezone.now() - KEPT_FOR)
    kept = over.exclude(Q(sealed_words="") & Q(answer=""))
    return kept.update(sealed_words="", answer="")
