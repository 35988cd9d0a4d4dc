"""Whether the machinery behind payments is at work: the inbox, its worker, the clock, and what waits for a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max

from payments.issues import KINDS
from payments.models import Event, Issue, ScheduledJob

# The worker looks several times a second and the clock every few seconds: later than this, it is not running.
WORKER_LATE = timedelta(minutes=5)
CLOCK_LATE = timedelta(minutes=10)
# As long as one of these is open, events may be getting lost: it stands above everything else.
URGENT = ("webhook_version", "webhook_mode", "webhook_clock")


@dataclass(frozen=True, kw_only=True)
class Health:
    waiting_since: datetime | None
    last_worked_off: datetime | None
    worker_is_late: bool
    parked: int
    open_issues: int
    warnings: tuple[str, ...]
    clock_ran_at: datetime | None
    clock_is_late: bool
    failing_jobs: tuple[str, ...]

    @property
    def is_good(self) -> bool:
        troubles = (self.worker_is_late, self.clock_is_late, self.parked, self.open_issues, self.failing_jobs)
        return not any(troubles)


def look(now: datetime) -> Health:
    """Look at everything once; a handful of indexed queries, however many events there were."""
    oldest = Event.objects.due(now).order_by("next_attempt_at").first()
    worked_off = Event.objects.filter(done_at__isnull=False).order_by("-created").values_list("done_at", flat=True)
    issues = Issue.objects.filter(closed_at__isnull=True)
    jobs = ScheduledJob.objects.all()
    return Health(
        waiting_since=oldest.received_at if oldest else None,
        last_worked_off=worked_off.first(),
        worker_is_late=oldest is not None and oldest.next_attempt_at < now - WORKER_LATE,
        parked=Event.objects.filter(status=Event.Status.PARKED).count(),
        open_issues=issues.count(),
        warnings=tuple(KINDS[kind] for kind in URGENT if issues.filter(kind=kind).exists()),
        clock_ran_at=jobs.aggregate(newest=Max("last_run"))["newest"],
        clock_is_late=not jobs.exists() or jobs.filter(next_run__lt=now - CLOCK_LATE).exists(),
        failing_jobs=tuple(jobs.exclude(last_error="").values_list("name", flat=True)),
    )
