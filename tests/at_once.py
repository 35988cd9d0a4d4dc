"""Many people at the very same moment, each a process of its own, with a connection of its own.

``python -m tests.at_once tests.shop.buyers:start <who> ...`` calls that function for each of them. Prints one JSON line
for each: what it returned, or the error.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]


def at_once(work: str, *who: str) -> list[str]:
    """Let ``work`` ("module:function") run for so many people at once and return what each of them was told."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.at_once", work, *who],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": f"{REPOSITORY / 'site'}{os.pathsep}{REPOSITORY}"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def pay(who: str) -> str:
    """Pay a checkout that was started, on Stripe's page, and hear of it."""
    from payments.models import Payment
    from tests.sandbox_client import Sandbox

    payment = Payment.objects.get(pk=int(who))
    sandbox = Sandbox(os.environ["STEADFAST_TEST_SANDBOX_URL"], None, "")  # type: ignore[arg-type]
    sandbox.complete(payment.session_id or "")
    book(payment.session_id or "")
    return "paid"


def book(session_id: str) -> None:
    """What the worker does with an event: while the database is busy, it comes back."""
    from django.db import OperationalError

    from payments import worker

    for _ in range(10):
        try:
            return worker.sync("checkout.session", session_id)
        except OperationalError:
            time.sleep(random.random())
    raise TimeoutError(session_id)


def one(work: Callable[[str], str], who: str, gate: Any, answers: Any) -> None:
    random.seed(who)
    gate.wait(timeout=120)
    try:
        answers.put(work(who))
    except Exception as error:
        answers.put(f"{type(error).__name__}: {error}")
        raise


def main(what: str, everybody: list[str]) -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from wagtail import hooks

    # Loaded once, before the fork; no connection is open yet.
    hooks.get_hooks("register_mails")
    module, name = what.split(":")
    work = getattr(import_module(module), name)
    fork = multiprocessing.get_context("fork")
    gate, answers = fork.Barrier(len(everybody)), fork.Queue()
    people = [fork.Process(target=one, args=(work, who, gate, answers)) for who in everybody]
    for person in people:
        person.start()
    for _ in people:
        print(json.dumps(answers.get(timeout=240)))
    for person in people:
        person.join()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
