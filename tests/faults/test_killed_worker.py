"""``kill -9`` of the worker, at any moment, loses nothing and books nothing twice. Real processes, real database."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from payments import repair
from payments.models import Event, ObjectLease, Payment
from receipts.checks import books_problems
from receipts.models import Payer, Transaction
from tests.faults.road import Road
from tests.offering.models import Offering

if TYPE_CHECKING:
    from tests.sandbox_client import Sandbox

REPOSITORY = Path(__file__).resolve().parents[2]
PAYMENTS = 12
KILLS = 40 if os.environ.get("STEADFAST_LONG") else 6


def start_worker() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "manage.py", "process_events"],
        cwd=REPOSITORY,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONPATH": str(REPOSITORY)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def wait_until_it_works(worker: subprocess.Popen[bytes]) -> None:
    """Until it has taken its first lease: from then on it may die at any point of its work."""
    end = time.monotonic() + 30
    while time.monotonic() < end and worker.poll() is None:
        if ObjectLease.objects.filter(leased_until__gt=timezone.now()).exists():
            return
        if not Event.objects.filter(status=Event.Status.RECEIVED).exists():
            return
        time.sleep(0.002)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_killed_again_and_again_it_books_everything_once(connected_sandbox: Sandbox) -> None:
    dice = random.Random(7)
    payer = Payer.objects.create(name="Bob Buyer", email="bob@example.org", fingerprint="bob")
    road = Road(sandbox=connected_sandbox, payer=payer)
    for number in range(PAYMENTS):
        road.start_and_pay(amount=1000 + number, interval="month" if number % 2 else "")
    road.deliver()

    for _ in range(KILLS):
        worker = start_worker()
        wait_until_it_works(worker)
        time.sleep(dice.uniform(0, 0.25))
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        # The dead worker's lease runs out, and what it put off is due.
        ObjectLease.objects.update(leased_until=timezone.now())
        Event.objects.filter(status=Event.Status.RECEIVED).update(next_attempt_at=timezone.now())
    road.work_off()

    assert Payment.objects.paid().count() == PAYMENTS
    assert [offering.paid_count for offering in Offering.objects.all()] == [1] * PAYMENTS
    assert Transaction.objects.filter(reference__startswith="stripe:ch_").count() == PAYMENTS
    assert repair.differences() == []
    assert not books_problems()
