from __future__ import annotations

from django.db import models


class ScheduledJob(models.Model):
    """When a periodic job is next due. A conditional UPDATE on ``next_run`` decides who runs it."""

    name = models.CharField(max_length=60, unique=True)
    next_run = models.DateTimeField()
    last_run = models.DateTimeField(null=True)
    # When it last began a run that ended well: what happened before then has been seen.
    last_success = models.DateTimeField(null=True)
    last_seconds = models.FloatField(null=True)
    last_error = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.name
