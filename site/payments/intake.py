"""Putting events on disk: one statement each, many to a commit.

A durable commit costs a disk flush, and a disk does only so many a second. So each web process has one writer
thread: requests hand it their event and wait; it writes all that are waiting in a single transaction and wakes them
after the commit. Alone, an event is written at once; in a burst, hundreds share a flush.
"""

from __future__ import annotations

import fcntl
import queue
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

LARGEST_BATCH = 200


@dataclass(frozen=True, kw_only=True)
class IncomingEvent:
    event_id: str
    type: str
    object_kind: str
    object_id: str
    livemode: bool
    api_version: str
    created: datetime


COLUMNS = [field.name for field in fields(IncomingEvent)] + [
    "received_at",
    "status",
    "attempts",
    "next_attempt_at",
    "error",
]
INSERT = (
    f"INSERT INTO payments_event ({', '.join(COLUMNS)}) VALUES ({', '.join(['%s'] * len(COLUMNS))}) "  # noqa: S608
    "ON CONFLICT (event_id) DO NOTHING"
)


def write(events: list[IncomingEvent]) -> None:
    """Insert events in one transaction; those stored before are left as they are."""
    now = timezone.now()
    rows = [_row(event, now) for event in events]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(INSERT, rows)


def _row(event: IncomingEvent, now: datetime) -> list[Any]:
    adapt = connection.ops.adapt_datetimefield_value
    values = [getattr(event, field.name) for field in fields(IncomingEvent)]
    values[COLUMNS.index("created")] = adapt(event.created)
    return [*values, adapt(now), "received", 0, adapt(now), ""]


def _write_on_a_kept_connection(events: list[IncomingEvent]) -> None:
    """The writer's connection stays open between batches; one that the server has closed is opened anew."""
    with _taking_turns():
        try:
            write(events)
        except (OperationalError, InterfaceError):
            connection.close()
            write(events)


@contextmanager
def _taking_turns() -> Iterator[None]:
    """On SQLite, let the writers of all processes queue. By itself, one that finds the database busy sleeps up to a
    tenth of a second before it looks again, and the requests of its process sleep with it."""
    if connection.vendor != "sqlite":
        yield
        return
    with open(settings.VAR / "event-writer.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class GroupWriter:
    """One thread that commits what many requests bring."""

    def __init__(self) -> None:
        self._waiting: queue.SimpleQueue[tuple[IncomingEvent, Future[None]]] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def store(self, event: IncomingEvent) -> None:
        """Return when the event is committed; raise what the database raised."""
        done: Future[None] = Future()
        self._waiting.put((event, done))
        self._ensure_running()
        done.result(timeout=30)

    def _ensure_running(self) -> None:
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, daemon=True, name="event-writer")
                self._thread.start()

    def _run(self) -> None:
        while True:
            batch = self._next_batch()
            if not self._commit(batch) and len(batch) > 1:
                # One bad event must not refuse its neighbours.
                for single in batch:
                    self._commit([single], last_try=True)

    def _commit(self, batch: list[tuple[IncomingEvent, Future[None]]], last_try: bool = False) -> bool:
        """Write a batch and wake its requests; False when it failed and may be tried one by one."""
        try:
            _write_on_a_kept_connection([event for event, _ in batch])
        except Exception as error:  # noqa: BLE001 - each waiting request must hear of it
            if last_try or len(batch) == 1:
                for _, done in batch:
                    done.set_exception(error)
            return False
        for _, done in batch:
            done.set_result(None)
        return True

    def _next_batch(self) -> list[tuple[IncomingEvent, Future[None]]]:
        batch = [self._waiting.get()]
        while len(batch) < LARGEST_BATCH:
            try:
                batch.append(self._waiting.get_nowait())
            except queue.Empty:
                break
        return batch


_writer = GroupWriter()


def store(event: IncomingEvent) -> None:
    """Store one event durably. Inside a transaction it joins that transaction; else it shares a commit."""
    if connection.in_atomic_block:
        write([event])
    else:
        _writer.store(event)
