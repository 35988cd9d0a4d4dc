"""What is known about the demo in this folder: is it filled, half filled, or running right now?"""

from __future__ import annotations

import fcntl
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection


class AlreadyRunning(Exception):
    """Another process holds this folder's demo."""


def ready_file() -> Path:
    return Path(settings.VAR) / "demo.ready"


def unfinished_file() -> Path:
    return Path(settings.VAR) / "demo.unfinished"


def port_file() -> Path:
    return Path(settings.VAR) / "demo.port"


@contextmanager
def the_only_demo() -> Iterator[None]:
    """Two demos on one database and one sandbox file would book into each other."""
    with (Path(settings.VAR) / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning from None
        yield


def _database() -> dict[str, Any]:
    return {"engine": connection.vendor, "name": str(connection.settings_dict["NAME"])}


def is_ready() -> bool:
    """True when this very database was filled to the end."""
    if is_unfinished() or not ready_file().exists():
        return False
    if connection.vendor == "sqlite" and not Path(connection.settings_dict["NAME"]).exists():
        return False
    return bool(json.loads(ready_file().read_text()) == _database())


def begin() -> None:
    ready_file().unlink(missing_ok=True)
    unfinished_file().write_text(json.dumps(_database()))


def is_unfinished() -> bool:
    """True when the filling of this very database was interrupted."""
    return unfinished_file().exists() and unfinished_file().read_text() == json.dumps(_database())


def finish() -> None:
    ready_file().write_text(json.dumps(_database()))
    unfinished_file().unlink()


def discard_unfinished() -> None:
    """Throw away what an interrupted first start left. A database that was ever finished is never touched."""
    connection.close()
    files = [Path(settings.VAR) / "sandbox.sqlite3"]
    if connection.vendor == "sqlite":
        files.append(Path(connection.settings_dict["NAME"]))
    for file in files:
        for ending in ("", "-wal", "-shm", "-journal"):
            file.with_name(f"{file.name}{ending}").unlink(missing_ok=True)
    for folder in (settings.MEDIA_ROOT, settings.PRIVATE_ROOT, settings.EMAIL_FILE_PATH):
        shutil.rmtree(folder, ignore_errors=True)
