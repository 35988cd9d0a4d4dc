"""The worker: works Stripe's events off until it is told to stop."""

from __future__ import annotations

import signal
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import OperationalError, close_old_connections

from payments.worker import work_off

PAUSE = 0.3


class Command(BaseCommand):
    help = "Work off the events that Stripe sent. Runs until stopped; with --once, until nothing is due."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="stop when nothing is due")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        self.stopping = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        while not self.stopping:
            if self._work() == 0:
                if once:
                    return
                time.sleep(PAUSE)

    def _stop(self, *_: object) -> None:
        self.stopping = True

    def _work(self) -> int:
        close_old_connections()
        try:
            return work_off()
        except OperationalError as error:
            # The database is away or locked: nothing is lost, the inbox waits.
            self.stderr.write(f"The database did not answer ({type(error).__name__}); trying again.")
            time.sleep(2)
            return 0
