"""The clock: runs each periodic job when it is due."""

from __future__ import annotations

import signal
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from payments.schedule import run_due_jobs

PAUSE = 5


class Command(BaseCommand):
    help = "Run periodic jobs when they are due. Runs until stopped; with --once, one round (for cron)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="run what is due now and stop")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        self.stopping = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        while not self.stopping:
            close_old_connections()
            for name in run_due_jobs():
                self.stdout.write(name)
            if once:
                return
            self._sleep()

    def _stop(self, *_: object) -> None:
        self.stopping = True

    def _sleep(self) -> None:
        end = time.monotonic() + PAUSE
        while not self.stopping and time.monotonic() < end:
            time.sleep(0.2)
