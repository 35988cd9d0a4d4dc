"""How we start the Stripe sandbox: as the separate process that it is, never by importing it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from config import REPOSITORY
from config.supervisor import die_with

SECONDS_TO_START = 20
SECONDS_FOR_ANOTHER = 5


def sandbox_command(*, webhook_url: str = "") -> list[str]:
    """Without a webhook URL it keeps its events until somebody asks for them."""
    newest_secret = settings.STRIPE_WEBHOOK_SECRETS.split(",")[0].split()[0]
    command = [
        *(sys.executable, "-m", "stripe_sandbox"),
        *("--port", str(urlsplit(settings.STRIPE_SANDBOX_URL).port or 8001)),
        *("--state", str(settings.VAR / "sandbox.sqlite3")),
        *("--public-url", settings.STRIPE_SANDBOX_URL),
        *("--webhook-secret", newest_secret),
    ]
    return [*command, "--webhook-url", webhook_url] if webhook_url else command


def sandbox_answers() -> bool:
    try:
        with urllib.request.urlopen(f"{settings.STRIPE_SANDBOX_URL}/_sandbox/health", timeout=2) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except OSError:
        return False


@contextmanager
def running_sandbox(log: Path) -> Iterator[None]:
    """The sandbox, for as long as the block lasts. One that already runs is used and left alone."""
    if sandbox_answers():
        yield
        return
    parent = os.getpid()
    with log.open("ab") as output:
        process = subprocess.Popen(
            sandbox_command(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONPATH": str(REPOSITORY / "site")},
            start_new_session=True,
            preexec_fn=lambda: die_with(parent),
        )
    try:
        end = time.monotonic() + SECONDS_TO_START
        while not sandbox_answers():
            if process.poll() is not None:
                # Perhaps another command took the port a moment before us: then its sandbox is about to answer.
                end = min(end, time.monotonic() + SECONDS_FOR_ANOTHER)
            if time.monotonic() > end:
                raise RuntimeError(f"The Stripe sandbox did not start; {log} says why.")
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
