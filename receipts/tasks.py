"""Drawing receipts in the background, after the booking has committed."""

from __future__ import annotations

from django_tasks import task

from receipts.models import Receipt


def queue_rendering(receipt: Receipt) -> None:
    """Ask for the document. With a task table in the database, the request commits or vanishes with the receipt."""
    draw_receipt.enqueue(receipt.pk)


@task()
def draw_receipt(receipt_id: int) -> None:
    """Draw and store one receipt."""
