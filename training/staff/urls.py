"""Addresses of what staff do with one session, below the sessions' listing."""

from __future__ import annotations

from typing import Any

from training.staff.opening import CopyView, OpenView, TakeOffView
from training.staff.tickets import TicketView


def session_actions() -> list[tuple[str, Any, str]]:
    """Path, view, and name within ``training_sessions``."""
    return [
        ("ticket/<int:pk>/", TicketView.as_view(), "add_ticket"),
        ("ticket/<int:pk>/<int:ticket>/", TicketView.as_view(), "ticket"),
        ("open/<int:pk>/", OpenView.as_view(), "open"),
        ("take-off/<int:pk>/", TakeOffView.as_view(), "take_off"),
        ("copy/<int:pk>/", CopyView.as_view(), "copy"),
    ]
