"""A migrated database made once and copied for every run: 25 seconds of migrations become a file copy.

The template is keyed by everything that shapes it (migrations, Django, Wagtail, the database's version), so a
changed migration makes a new one. After a test that really commits, the copy is made anew: what migrations
put in (Wagtail's root page, the ledger's triggers) is there again, and nothing has to be switched off to
empty a table that refuses to be emptied.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

import django
import wagtail
from django.apps import apps
from django.core.management import call_command
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

REPOSITORY = Path(__file__).resolve().parents[1]
CACHE = REPOSITORY / "var" / "cache" / "databases"
KEPT_TEMPLATES = 6


class TemporaryDatabase(Protocol):
    name: str
    url: str

    def create(self) -> None: ...
    def restore(self) -> None: ...
    def destroy(self) -> None: ...


def template_key(version: str) -> str:
    """Changes whenever a migration does, or anything that gives a migration its meaning."""
    digest = hashlib.sha256(f"{django.__version__} {wagtail.__version__} {version}".encode())
    for app in sorted(apps.get_app_configs(), key=lambda app: app.label):
        for path in sorted((Path(app.path) / "migrations").glob("*.py")):
            digest.update(f"{app.label}/{path.name}".encode() + path.read_bytes())
    # The ledger's triggers and the groups' permissions are installed by code after a migration, not by one.
    installing = (
        "receipts/triggers*", "receipts/roles.py", "site/*/roles.py", "site/*/finance.py", "*/finance.py",
        "membership/guarding.py",
    )  # fmt: skip
    by_code = [path for pattern in installing for path in REPOSITORY.glob(pattern)]
    for path in sorted(by_code):
        digest.update(path.read_bytes() if path.is_file() else b"")
    return digest.hexdigest()[:12]


@contextmanager
def one_at_a_time() -> Iterator[None]:
    CACHE.mkdir(parents=True, exist_ok=True)
    with open(CACHE / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class SQLiteDatabase:
    def __init__(self, connection: BaseDatabaseWrapper, folder: Path) -> None:
        self.connection = connection
        self.name = str(folder / "steadfast.sqlite3")
        self.url = f"sqlite:///{self.name}"
        self.template = CACHE / f"{template_key(sqlite3.sqlite_version)}.sqlite3"

    def create(self) -> None:
        self.connection.close()
        self.connection.settings_dict["NAME"] = self.name
        with one_at_a_time():
            if not self.template.exists():
                self._make_template()
            # Kept by age of use, so that two branches under test do not take each other's away.
            self.template.touch()
            for old in sorted(CACHE.glob("*.sqlite3"), key=lambda path: -path.stat().st_mtime)[KEPT_TEMPLATES:]:
                old.unlink()
            self.restore()

    def _make_template(self) -> None:
        Path(self.name).unlink(missing_ok=True)
        call_command("migrate", verbosity=0)
        unfinished = self.template.with_suffix(f".{os.getpid()}")
        with self.connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(unfinished)])
        unfinished.rename(self.template)

    def restore(self) -> None:
        self.connection.close()
        source, target = sqlite3.connect(self.template), sqlite3.connect(self.name, timeout=20)
        try:
            source.backup(target)
        finally:
            source.close()
            target.close()

    def destroy(self) -> None:
        self.connection.close()


class PostgreSQLDatabase:
    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection
        given = connection.settings_dict
        with self._server() as cursor:
            cursor.execute("SHOW server_version")
            version = str(cursor.fetchone())
        # The day is in the name so that what a killed run left behind can be told from what is in use.
        self.prefix = f"test_{given['NAME']}_"
        self.today = f"{self.prefix}{date.today():%Y%m%d}_"
        self.template = f"{self.today}{template_key(version)}"
        self.name = f"{self.today}{os.getpid()}"
        host = given["HOST"] or "127.0.0.1"
        login = ":".join(quote(part, safe="") for part in (given["USER"], given["PASSWORD"]) if part)
        self.url = f"postgres://{login}@{host}:{given['PORT'] or 5432}/{self.name}"

    def create(self) -> None:
        self.connection.close()
        with one_at_a_time():
            existing = self._names()
            for name in existing:
                if not name.startswith(self.today):
                    self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            if self.template not in existing:
                self._make_template()
            self.connection.settings_dict["NAME"] = self.name
            self.restore()

    def _make_template(self) -> None:
        unfinished = f"{self.today}unfinished"
        self._run(f'DROP DATABASE IF EXISTS "{unfinished}" WITH (FORCE)', f'CREATE DATABASE "{unfinished}"')
        self.connection.settings_dict["NAME"] = unfinished
        call_command("migrate", verbosity=0)
        self.connection.close()
        self._run(f'ALTER DATABASE "{unfinished}" RENAME TO "{self.template}"')

    def restore(self) -> None:
        self.connection.close()
        self._run(
            f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)',
            f'CREATE DATABASE "{self.name}" TEMPLATE "{self.template}"',
        )

    def destroy(self) -> None:
        self.connection.close()
        self._run(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')

    def _names(self) -> list[str]:
        with self._server() as cursor:
            cursor.execute("SELECT datname FROM pg_database WHERE datname ~ %s", [rf"^{self.prefix}\d{{8}}_"])
            return [name for (name,) in cursor.fetchall()]

    def _run(self, *statements: str) -> None:
        with self._server() as cursor:
            for statement in statements:
                cursor.execute(statement)

    @contextmanager
    def _server(self) -> Iterator[Any]:
        with self.connection._nodb_cursor() as cursor:  # type: ignore[attr-defined]
            yield cursor


def temporary_database(folder: Path) -> TemporaryDatabase:
    connection = connections["default"]
    return SQLiteDatabase(connection, folder) if connection.vendor == "sqlite" else PostgreSQLDatabase(connection)
