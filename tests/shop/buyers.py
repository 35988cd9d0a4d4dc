"""Many buyers at the very same moment, each a process of its own, with a connection of its own.

``python -m tests.shop.buyers start <payer>:<variant> …`` orders and pays; ``… pay <payment> …`` pays what was started
before. Prints one JSON line for each: "paid", or what the buyer was told.
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
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]


def at_once(what: str, *who: str) -> list[str]:
    """Let so many buyers run at once and return what each of them was told."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.shop.buyers", what, *who],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": f"{REPOSITORY / 'site'}{os.pathsep}{REPOSITORY}"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def start(who: str) -> str:
    """Order the one thing, go to Stripe's page and pay there: whatever a shopper does who is told nothing else."""
    from payments import checkout
    from payments.goods import NotAvailable
    from receipts.models import Payer
    from shop.models import Variant
    from tests.shop.shelves import an_order, row

    payer, variant = (int(key) for key in who.split(":"))
    order = an_order(row(Variant.objects.get(pk=variant)), payer=Payer.objects.get(pk=payer))
    try:
        payment = checkout.start(payer=order.payer, payables=[order], cancel_path="/")
    except NotAvailable as refused:
        return str(refused)
    return pay(str(payment.pk))


def pay(who: str) -> str:
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
    fork = multiprocessing.get_context("fork")
    gate, answers = fork.Barrier(len(everybody)), fork.Queue()
    work = {"start": start, "pay": pay}[what]
    buyers = [fork.Process(target=one, args=(work, who, gate, answers)) for who in everybody]
    for buyer in buyers:
        buyer.start()
    for _ in buyers:
        print(json.dumps(answers.get(timeout=240)))
    for buyer in buyers:
        buyer.join()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
