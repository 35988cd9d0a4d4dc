"""One parent for web, workers, clock and sandbox: starts them, restarts what dies, and leaves nothing behind.

A shell loop that starts a worker orphans it when it is killed; this does not. Each child leads its own session
and asks the kernel to be told when its parent dies, so that even `kill -9` of the parent stops all of them.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

# A child that lives this long was healthy; its next death counts as the first one.
HEALTHY_AFTER = 30.0
# So many quick deaths in a row mean that something is wrong which a restart does not cure.
MOST_QUICK_DEATHS = 5
LONGEST_PAUSE = 20.0
# How long children may take to finish what they do.
GRACE = 12.0
TICK = 0.2

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True, kw_only=True)
class Job:
    name: str
    command: Sequence[str]
    log: Path | None = None


@dataclass
class Child:
    job: Job
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    quick_deaths: int = 0
    start_at: float = 0.0

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None


def die_with(parent: int) -> None:
    """Runs in the new child: SIGTERM when the parent dies, however it dies."""
    if LIBC is None:
        return
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    # It may have died before we asked.
    if os.getppid() != parent:
        os._exit(1)


@dataclass
class Supervisor:
    jobs: Sequence[Job]
    # Called at every tick until it answers True: "is the site there yet?"
    watch: Callable[[], bool] = lambda: True
    say: Callable[[str], None] = print
    children: list[Child] = field(init=False)
    stopping: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self.children = [Child(job) for job in self.jobs]

    def run(self) -> int:
        """Until somebody stops it. 0 is a stop that was asked for, 1 a child that would not live."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._asked_to_stop)
        status, watching = 0, True
        try:
            while not self.stopping and status == 0:
                status = self._tend()
                watching = watching and not self.watch()
                time.sleep(TICK)
        finally:
            self._stop_all()
        return status

    def _asked_to_stop(self, number: int, frame: FrameType | None) -> None:
        if self.stopping:
            # Asked twice: no more grace.
            for child in self.children:
                self._signal_family(child, signal.SIGKILL)
        self.stopping = True

    def _tend(self) -> int:
        now = time.monotonic()
        for child in self.children:
            if child.is_running:
                continue
            if child.process is not None and not self._mourn(child, now):
                return 1
            if now >= child.start_at:
                self._start(child, now)
        return 0

    def _start(self, child: Child, now: float) -> None:
        parent = os.getpid()
        # Opened for each start, so that a log can be moved away between two.
        output = child.job.log.open("ab") if child.job.log else None
        try:
            child.process = subprocess.Popen(
                child.job.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT if output else None,
                # Its own session: Ctrl-C reaches the parent alone, which then stops all in good order.
                start_new_session=True,
                preexec_fn=lambda: die_with(parent),  # safe: this process has one thread
            )
        finally:
            if output:
                output.close()
        child.started = now

    def _mourn(self, child: Child, now: float) -> bool:
        """Says what happened and when it starts again. False: too often, give up."""
        assert child.process is not None  # noqa: S101
        code = child.process.returncode
        # What it started itself must not stay behind and hold its port.
        self._signal_family(child, signal.SIGKILL)
        child.process = None
        child.quick_deaths = child.quick_deaths + 1 if now - child.started < HEALTHY_AFTER else 1
        where = f" (see {child.job.log})" if child.job.log else ""
        if child.quick_deaths > MOST_QUICK_DEATHS:
            self._tell(f"{child.job.name} stopped {child.quick_deaths} times in a row{where}. Giving up.")
            return False
        pause = min(2.0 ** (child.quick_deaths - 1), LONGEST_PAUSE)
        child.start_at = now + pause
        self._tell(f"{child.job.name} stopped with status {code}{where}; starting it again in {pause:.0f} s.")
        return True

    def _stop_all(self) -> None:
        running = [child for child in self.children if child.process is not None]
        for child in running:
            if child.is_running and child.process:
                # The child alone: it tells its own workers, and lets them finish.
                child.process.terminate()
        end = time.monotonic() + GRACE
        for child in running:
            with suppress(subprocess.TimeoutExpired):
                if child.process:
                    child.process.wait(max(0.1, end - time.monotonic()))
            self._signal_family(child, signal.SIGKILL)
            if child.process:
                child.process.wait()

    def _signal_family(self, child: Child, number: int) -> None:
        if child.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(child.process.pid, number)

    def _tell(self, sentence: str) -> None:
        # The terminal may be gone; the children must still be stopped.
        with suppress(OSError):
            self.say(sentence)
