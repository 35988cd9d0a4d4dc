"""Keeping the issued bytes: drawn once, stored privately with their digest, then announced by mail."""

from __future__ import annotations

import hashlib
import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.mailing import send_mail_later
from receipts import drawing
from receipts.documents import TEMPLATE_VERSION, document_html, machine_readable
from receipts.models import Receipt

logger = logging.getLogger(__name__)

# How long to wait after the first, second, ... failed attempt; after the last a human has to look.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 720))
# A receipt that still waits after this was forgotten by its task.
OVERDUE_AFTER = timedelta(minutes=15)

Render = Receipt.Render


class DamagedFile(Exception):
    """The stored file is not what was issued."""


def private_storage() -> Storage:
    return storages["private"]


def draw_and_store(receipt_id: int) -> datetime | None:
    """Draw a receipt that has no document yet. Returns when to try again, or None when nothing is left to do."""
    receipt = Receipt.objects.select_related("series", "payer").get(pk=receipt_id)
    if receipt.render_state == Render.STORED:
        return None
    try:
        pdf = draw_receipt_pdf(receipt)
    except drawing.PdfIsOff as reason:
        _announce(receipt, render_state=Render.OFF, render_error=str(reason)[:300])
        return None
    except drawing.MissingGlyphs as reason:
        _failed(receipt, str(reason))
        return None
    except Exception as error:  # noqa: BLE001 (whatever went wrong, the number stands and the drawing is tried again)
        return _try_again(receipt, error)
    name = _store(receipt, pdf)
    _announce(
        receipt,
        render_state=Render.STORED,
        render_error="",
        file_name=name,
        sha256=hashlib.sha256(pdf).hexdigest(),
        template_version=TEMPLATE_VERSION,
    )
    return None


def draw_receipt_pdf(receipt: Receipt) -> bytes:
    """The document's bytes: the same for the same receipt, whenever it is drawn."""
    return drawing.draw(
        html=document_html(receipt),
        identifier=receipt.public_id.hex,
        attachment=machine_readable(receipt),
        attachment_name=f"receipt-{receipt.label}.json",
        created=receipt.created_at,
    )


def stored_bytes(receipt: Receipt) -> bytes:
    """The issued bytes.

    Raises DamagedFile when they are gone or are not what was issued.
    """
    try:
        with private_storage().open(receipt.file_name) as file:
            content: bytes = file.read()
    except OSError as error:
        raise DamagedFile(f"The file of receipt {receipt.label} cannot be read.") from error
    if hashlib.sha256(content).hexdigest() != receipt.sha256:
        raise DamagedFile(f"The file of receipt {receipt.label} is not what was issued.")
    return content


def overdue(now: datetime | None = None) -> list[int]:
    """Receipts that wait for a document longer than they should."""
    before = (now or timezone.now()) - OVERDUE_AFTER
    waiting = Receipt.objects.filter(render_state=Render.WAITING, created_at__lt=before)
    return list(waiting.order_by("pk").values_list("pk", flat=True)[:1000])


def _store(receipt: Receipt, pdf: bytes) -> str:
    name = f"receipts/{receipt.issued_on.year}/{receipt.public_id}.pdf"
    storage = private_storage()
    if storage.exists(name):
        # Left by a worker that died before it could say so.
        storage.delete(name)
    return storage.save(name, ContentFile(pdf))


def _announce(receipt: Receipt, **stored: str) -> None:
    """Write down what came of it and mail the link, once, however many workers drew it."""
    with transaction.atomic():
        was_waiting = Receipt.objects.filter(pk=receipt.pk).exclude(render_state__in=(Render.STORED, Render.OFF))
        if was_waiting.update(**stored) and receipt.payer.email and receipt.mailed_at is None and receipt.is_live:
            mail_receipt(receipt, receipt.payer.email)


def mail_receipt(receipt: Receipt, to: str) -> None:
    """Mail the link to a receipt. Whoever follows it still has to sign in as its payer."""
    with transaction.atomic():
        Receipt.objects.filter(pk=receipt.pk).update(mailed_at=timezone.now())
        send_mail_later(
            template="receipts/mail/receipt",
            to=to,
            context={"receipt": receipt, "url": settings.BASE_URL + receipt.get_absolute_url()},
            language=receipt.payer.language,
        )


def _failed(receipt: Receipt, reason: str) -> None:
    logger.error("Receipt %s could not be drawn: %s", receipt.label, reason)
    Receipt.objects.filter(pk=receipt.pk).exclude(render_state=Render.STORED).update(
        render_state=Render.FAILED, render_error=reason[:300], render_attempts=F("render_attempts") + 1
    )


def _try_again(receipt: Receipt, error: Exception) -> datetime | None:
    # The kind of error only: its text may quote the document.
    reason = type(error).__name__
    if receipt.render_attempts >= len(WAITS):
        _failed(receipt, reason)
        return None
    logger.warning("Receipt %s not drawn yet: %s", receipt.label, reason)
    Receipt.objects.filter(pk=receipt.pk).update(render_error=reason, render_attempts=F("render_attempts") + 1)
    return timezone.now() + WAITS[receipt.render_attempts]
