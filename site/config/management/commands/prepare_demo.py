"""Makes the demo's database, once: migrations, the cache's table and two years of an NGO's life."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.core.management.commands.migrate import Command as Migrate
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from config import demo_state
from config.sandbox_process import running_sandbox

BAR = 30


class MigrateWithBar(Migrate):
    """Django's own, with one line that fills up in place of two hundred."""

    total = 0
    done = 0

    def migration_progress_callback(self, action: str, migration: Any = None, fake: bool = False) -> None:
        if action != "apply_success":
            return
        self.done += 1
        if sys.stdout.isatty():
            filled = BAR * self.done // max(self.total, 1)
            print(f"\r  [{'#' * filled}{'.' * (BAR - filled)}] {self.done}/{self.total}", end="", flush=True)
            if self.done == self.total:
                print()


def unapplied() -> int:
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with demo_state.the_only_demo():
                self.prepare()
        except demo_state.AlreadyRunning:
            raise CommandError("The demo of this folder is running already. Stop that one first (Ctrl-C).") from None

    def prepare(self) -> None:
        """For a caller that holds the demo already."""
        if not settings.DEMO:
            raise CommandError("This fills a demo; `./run demo` calls it. A real site wants `./run manage migrate`.")
        try:
            self._prepare()
        except KeyboardInterrupt:
            raise CommandError("Stopped. The next `./run demo` starts over cleanly.") from None

    def _prepare(self) -> None:
        log = Path(settings.VAR) / "log" / "sandbox.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        if demo_state.is_ready():
            self._migrate()
            return
        if demo_state.is_unfinished():
            self._start_over()
        elif connection.introspection.table_names():
            # Somebody's own: filling it could fail half-way, and what is half filled gets thrown away.
            self.stdout.write("This database was not made by the demo, so it is used as it is.")
            self._migrate()
            call_command("createcachetable", verbosity=0)
            return
        demo_state.begin()
        self._migrate()
        call_command("createcachetable", verbosity=0)
        self.stdout.write("Filling the demo (once) ...")
        self.stdout.flush()
        with running_sandbox(log):
            call_command("demo_data", stdout=self.stdout)
        demo_state.finish()

    def _start_over(self) -> None:
        if connection.vendor != "sqlite" and connection.introspection.table_names():
            raise CommandError(
                "The first start was interrupted and left this database half filled. Make it anew "
                f"(dropdb {connection.settings_dict['NAME']}, createdb the same), then start again."
            )
        self.stdout.write("The first start was interrupted; starting over.")
        demo_state.discard_unfinished()

    def _migrate(self) -> None:
        count = unapplied()
        if not count:
            return
        self.stdout.write("Making the database ..." if count > 50 else "Bringing the database up to date ...")
        self.stdout.flush()
        migrate = MigrateWithBar()
        migrate.total = count
        call_command(migrate, verbosity=0, interactive=False)
