"""Drawing receipts in the background, after the booking has committed."""

from __future__ import annotations

from functools import partial

from django.db import transaction
from django_tasks import task

from receipts import storing
from receipts.models import Receipt


def queue_rendering(receipt: Receipt) -> None:
    """Ask for the document."""
    if draw_receipt.get_backend().supports_defer:
        # A task table in our own database: the request commits or vanishes with the receipt.
        draw_receipt.enqueue(receipt.pk)
    else:
        transaction.on_commit(partial(draw_receipt.enqueue, receipt.pk))


@task()
def draw_receipt(receipt_id: int) -> None:
    """Draw and store one receipt; when that fails, come back after a growing wait, with the same number."""
    wait = storing.draw_and_store(receipt_id)
    if wait is not None and draw_receipt.get_backend().supports_defer:
        draw_receipt.using(run_after=wait).enqueue(receipt_id)


def draw_overdue_receipts() -> int:
    """Ask again for receipts whose task was lost; the clock calls it."""
    overdue = storing.overdue()
    for receipt_id in overdue:
        draw_receipt.enqueue(receipt_id)
    return len(overdue)
