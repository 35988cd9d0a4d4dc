"""What payments gives to the rest through hooks: periodic jobs and its part of ``check_books``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from wagtail import hooks

from payments import repair


@hooks.register("scheduled_jobs")
def jobs() -> list[tuple[str, timedelta, Callable[[], Any]]]:
    return [
        (repair.REREAD_JOB, timedelta(minutes=15), repair.catch_up),
        ("payments.sweep_checkouts", timedelta(minutes=5), repair.sweep_checkouts),
        ("payments.fetch_missing_fees", timedelta(minutes=15), repair.fetch_missing_fees),
        ("payments.refresh_plans", timedelta(hours=6), repair.refresh_plans),
        ("payments.reconcile", timedelta(hours=1), repair.reconcile),
    ]


@hooks.register("check_books")
def compare_with_stripe() -> Iterable[str]:
    return repair.differences()
