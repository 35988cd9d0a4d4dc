"""Periodic jobs: when each ran, when it runs next, and what went wrong."""

from __future__ import annotations

from wagtail.admin.ui.tables import Column

from payments.models import ScheduledJob
from payments.staff.viewset import StaffViewSet
from receipts.staff.columns import MomentColumn


def took(job: ScheduledJob) -> str:
    return "" if job.last_seconds is None else f"{job.last_seconds:.1f} s"


class ScheduledJobViewSet(StaffViewSet):
    model = ScheduledJob
    name = "scheduled_jobs"
    icon = "time"
    menu_label = "Scheduled jobs"
    inspect_view_enabled = False
    ordering = "name"
    list_display = [
        Column("name", label="Job", sort_key="name"),
        MomentColumn("last_run", label="Last run", sort_key="last_run"),
        Column("took", accessor=took),
        MomentColumn("next_run", label="Next run", sort_key="next_run"),
        Column("last_error", label="Last error"),
    ]
