"""The log of movements is append-only in the database too, whatever program writes to it."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db import connections

from receipts.triggers import guard

LOG = "membership_movement"


def guard_movements(sender: AppConfig, using: str, **kwargs: Any) -> None:
    connection = connections[using]
    # Half-way through the migrations the log may not be there yet, or no more.
    if LOG in connection.introspection.table_names():
        guard(connection, LOG, what="movements")
