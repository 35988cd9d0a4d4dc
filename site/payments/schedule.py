"""Periodic work: each app names its jobs by the hook ``scheduled_jobs``; the clock runs those that are due.

Several clocks may run: a conditional UPDATE decides which of them takes a job.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from wagtail import hooks

from payments.models import ScheduledJob
from payments.worker import whereabouts

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Job:
    name: str
    every: timedelta
    run: Callable[[], Any]


def jobs() -> list[Job]:
    return [Job(*job) for register in hooks.get_hooks("scheduled_jobs") for job in register()]


def run_due_jobs() -> list[str]:
    """Run every job that is due and not taken by another clock. Returns their names."""
    return [job.name for job in jobs() if _take(job) and _run(job)]


def _take(job: Job) -> bool:
    now = timezone.now()
    ScheduledJob.objects.get_or_create(name=job.name, defaults={"next_run": now})
    due = ScheduledJob.objects.filter(name=job.name, next_run__lte=now)
    return bool(due.update(next_run=now + job.every, last_run=now))


def last_success(name: str) -> datetime | None:
    """When the job last began a run that ended well."""
    return ScheduledJob.objects.filter(name=name).values_list("last_success", flat=True).first()


def _run(job: Job) -> bool:
    began, started = timezone.now(), time.monotonic()
    error = ""
    try:
        job.run()
    except Exception as caught:  # one job's trouble must not stop the clock
        error = whereabouts(caught)
        log.warning("The job %s failed: %s", job.name, error)
    else:
        ScheduledJob.objects.filter(name=job.name).update(last_success=began)
    ScheduledJob.objects.filter(name=job.name).update(last_seconds=time.monotonic() - started, last_error=error)
    return True
