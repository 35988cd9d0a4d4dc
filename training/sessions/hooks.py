"""What sessions give to the rest: the job that ends waiting for a choice, and what stands in the site's history."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from wagtail import hooks

from training.sessions import choosing


@hooks.register("scheduled_jobs")
def jobs() -> list[tuple[str, timedelta, Callable[[], Any]]]:
    return [("training.settle_silence", timedelta(hours=1), choosing.settle_silence)]


@hooks.register("register_log_actions")
def staff_actions(actions: Any) -> None:
    actions.register_action("training.cancel_session", "Cancel a session", "Cancelled")
